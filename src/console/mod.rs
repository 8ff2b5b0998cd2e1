// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TI-99/4A itself: the chips wired into a board, and the machine around it.

pub mod gromport;
