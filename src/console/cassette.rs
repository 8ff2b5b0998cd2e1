// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cassette lines as signals: two motor relays, one output, one input.
//!
//! P6 and P7 of the 9901 switch the motors of CS1 and CS2, P9 is the signal to the recorder, and P11's pin (INT11*)
//! carries the signal from it. What is recorded is the list of output edges with their clocks while a motor runs; what is
//! played is such a list. Turning either into a sound file is the host's job.
//!
//! Not emulated: the analogue wave shape, tape speed variation.
//!
//! Source: reference page tms9901.md section 2.

use crate::clock::Cycles;
use serde::{Deserialize, Serialize};

/// P6 and P7: the motors of CS1 and CS2.
const MOTOR_PORTS: [u16; 2] = [6, 7];
/// P9: the signal to the recorder.
const OUTPUT_PORT: u16 = 9;

/// The recorders' side of the lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cassette {
    motors: [bool; 2],
    output: bool,
    /// Clocks for which CS1's motor has run, up to `motor_since`.
    wound: u64,
    /// When CS1's motor was switched on.
    motor_since: Cycles,
    /// The tape in CS1 for playing: tape positions, in clocks of motor time, at which the level changes.
    tape: Vec<u64>,
    /// What CS1 has recorded: tape positions at which the output changed.
    recorded: Vec<u64>,
}

impl Cassette {
    /// Motors off, no tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a tape into CS1, rewound: the level starts low and changes at each of these positions (ascending, in CPU
    /// clocks of motor time).
    pub fn insert(&mut self, now: Cycles, edges: Vec<u64>) {
        self.tape = edges;
        self.rewind(now);
    }

    /// Winds CS1's tape back to its begin.
    pub fn rewind(&mut self, now: Cycles) {
        self.wound = 0;
        self.motor_since = now;
    }

    /// What has been recorded since power-on or the last call: positions of the output's changes.
    pub fn take_recording(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.recorded)
    }

    /// Whether the motors of CS1 and CS2 run.
    pub fn motors(&self) -> [bool; 2] {
        self.motors
    }

    /// Whether a restored recorder fits a machine at clock `now`.
    pub(super) fn is_valid_at(&self, now: Cycles) -> bool {
        self.motor_since <= now && self.tape.is_sorted()
    }

    /// Takes over the port levels after a port of the 9901 has changed; `port` gives a port's latch or `None` for an
    /// input.
    pub(super) fn drive(&mut self, now: Cycles, port: impl Fn(u16) -> Option<bool>) {
        let position = self.position(now);
        let motors = MOTOR_PORTS.map(|n| port(n) == Some(true));
        if motors[0] != self.motors[0] {
            self.wound = position;
            self.motor_since = now;
        }
        self.motors = motors;
        let output = port(OUTPUT_PORT) == Some(true);
        if output != self.output && self.motors[0] {
            self.recorded.push(position);
        }
        self.output = output;
    }

    /// Whether a tape runs past CS1's head, so that the level on the pin may change.
    #[inline]
    pub(super) fn plays(&self) -> bool {
        self.motors[0] && !self.tape.is_empty()
    }

    /// The level that CS1's tape gives now; high when no tape runs.
    pub(super) fn level(&self, now: Cycles) -> bool {
        if !self.plays() {
            return true;
        }
        let position = self.position(now);
        self.tape.partition_point(|&edge| edge <= position) & 1 != 0
    }

    /// The tape's position in clocks of motor time.
    fn position(&self, now: Cycles) -> u64 {
        self.wound + if self.motors[0] { now - self.motor_since } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_plays_back_as_it_was_made() {
        let mut deck = Cassette::new();
        let outputs = [(100, false), (500, true), (900, false), (1600, true)];
        for (at, level) in outputs {
            deck.drive(Cycles(at), |n| Some(n == 6 || n == 9 && level));
        }
        let edges = deck.take_recording();
        assert_eq!(edges, [400, 800, 1500]);
        deck.drive(Cycles(5000), |_| Some(false));
        deck.insert(Cycles(6000), edges);
        deck.drive(Cycles(10_000), |n| Some(n == 6));
        for (at, level) in outputs {
            assert_eq!(deck.level(Cycles(10_000 - 100 + at)), level, "{at}");
        }
    }
}
