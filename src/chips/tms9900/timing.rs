// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the data manual and MAME 0.251 disagree about the TMS9900: both answers, side by side.
//!
//! All figures are clocks without wait states. Which side is right is not settled by a public measurement for most of
//! them; `docs/accuracy.md` lists each with its sources.

use serde::{Deserialize, Serialize};

/// How long the inner loop of DIV takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DivRule {
    /// 72 clocks and 2 more for each 1 in the quotient: spans exactly the manual's 92 to 124 clocks.
    QuotientOnes,
    /// 64 clocks and 2 more for each significant bit of the remainder: MAME's heuristic.
    RemainderLength,
}

impl DivRule {
    /// Clocks of the inner loop.
    pub(super) fn clocks(self, quotient: u16, remainder: u16) -> u32 {
        match self {
            Self::QuotientOnes => 72 + 2 * quotient.count_ones(),
            Self::RemainderLength => 64 + 2 * (16 - remainder.leading_zeros()),
        }
    }
}

/// Durations and decisions in which the references differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Before the first access of an interrupt's context switch.
    pub interrupt_lead: u32,
    /// The same for RESET.
    pub reset_lead: u32,
    /// Between two looks at the interrupt pins while IDLE waits.
    pub idle_step: u32,
    /// After the fetch of an undefined word.
    pub undefined_tail: u32,
    /// After X has read its operand.
    pub x_tail: u32,
    /// After LIMI has read its operand.
    pub limi_tail: u32,
    /// Before NEG writes, beyond the other one-operand instructions.
    pub neg_extra: u32,
    /// After ABS has found its operand not negative.
    pub abs_positive_tail: u32,
    /// After DIV has found an overflow.
    pub div_overflow_tail: u32,
    /// The inner loop of DIV.
    pub div: DivRule,
    /// From STCR's first CRU bit to its write, for counts below 8, of 8, of 9 to 15 and of 16.
    pub stcr: [u32; 4],
    /// JLE and JH look at EQ as well as L>.
    pub jle_jh_test_eq: bool,
    /// RSET clears the interrupt mask.
    pub rset_clears_mask: bool,
    /// An instruction of formats VII and VIII with an unused bit set is undefined.
    pub unused_bits_must_be_zero: bool,
}

impl Timing {
    /// The chip as its data manual has it.
    pub const MANUAL: Self = Self {
        interrupt_lead: 2,
        reset_lead: 6,
        idle_step: 2,
        undefined_tail: 4,
        x_tail: 0,
        limi_tail: 10,
        neg_extra: 2,
        abs_positive_tail: 6,
        div_overflow_tail: 4,
        div: DivRule::QuotientOnes,
        stcr: [26, 28, 42, 44],
        jle_jh_test_eq: true,
        rset_clears_mask: true,
        unused_bits_must_be_zero: false,
    };

    /// The chip as MAME 0.251 has it (FORMAT.md of the golden traces, section 4).
    pub const MAME: Self = Self {
        interrupt_lead: 6,
        reset_lead: 6,
        idle_step: 1,
        undefined_tail: 0,
        x_tail: 2,
        limi_tail: 8,
        neg_extra: 0,
        abs_positive_tail: 4,
        div_overflow_tail: 0,
        div: DivRule::RemainderLength,
        stcr: [34, 34, 50, 50],
        jle_jh_test_eq: false,
        rset_clears_mask: false,
        unused_bits_must_be_zero: true,
    };

    /// Clocks from STCR's first CRU bit to its write, the bits included.
    pub(super) fn stcr(&self, count: u16) -> u32 {
        match count {
            0..8 => self.stcr[0],
            8 => self.stcr[1],
            9..16 => self.stcr[2],
            _ => self.stcr[3],
        }
    }
}
