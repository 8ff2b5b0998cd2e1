// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sound chip TMS9919 / SN76489.
