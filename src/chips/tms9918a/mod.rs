// SPDX-License-Identifier: MIT OR Apache-2.0
//! The video display processor TMS9918A / TMS9929A.
