// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine's sound on its way to the card: synthesis at a rate that follows the card, or silence without one.

use super::settings::SoundSettings;
use crate::chips::sn76489::Edge;
use crate::clock::Dots;
#[cfg(feature = "audio")]
use card::Card;
use std::time::Duration;

/// How the sound stands: for messages and measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Status {
    /// Milliseconds until the card plays what happened last in the latest frame, its own store included.
    pub(super) lag_ms: f64,
    /// Samples that the card asked for and did not get.
    pub(super) missed: u64,
    /// Seconds of sound that the card has asked for, by its own clock.
    pub(super) asked: f64,
}

/// Time between two tries to open a card again that has failed: unplugged, or its server restarted.
#[cfg(feature = "audio")]
const RETRY: Duration = Duration::from_secs(1);

/// A card that has failed.
#[cfg(feature = "audio")]
#[derive(Clone, Copy, Debug, Default)]
struct Lost {
    /// It is wanted back.
    wanted: bool,
    /// The user knows.
    told: bool,
    /// When it was last tried.
    tried: Option<Duration>,
}

/// The card, if there is one.
pub(super) struct Sound {
    #[cfg(feature = "audio")]
    card: Option<Card>,
    #[cfg(feature = "audio")]
    settings: SoundSettings,
    #[cfg(feature = "audio")]
    lost: Lost,
    /// Samples missed and seconds asked for by cards that have failed.
    #[cfg(feature = "audio")]
    past: (u64, f64),
}

impl Sound {
    /// Opens the card for sound that begins at dot `at` with `level`; without one, also returns the reason.
    pub(super) fn open(settings: &SoundSettings, at: Dots, level: i32) -> (Self, Option<String>) {
        if !settings.enabled {
            return (Self::silent(settings), None);
        }
        #[cfg(feature = "audio")]
        match Card::open(settings, at, level) {
            Ok(card) => (Self { card: Some(card), ..Self::silent(settings) }, None),
            Err(error) => (Self::silent(settings), Some(error.to_string())),
        }
        #[cfg(not(feature = "audio"))]
        {
            let _ = (at, level);
            (Self::silent(settings), Some("built without sound".to_owned()))
        }
    }

    #[cfg_attr(not(feature = "audio"), allow(unused_variables))]
    fn silent(settings: &SoundSettings) -> Self {
        Self {
            #[cfg(feature = "audio")]
            card: None,
            #[cfg(feature = "audio")]
            settings: settings.clone(),
            #[cfg(feature = "audio")]
            lost: Lost::default(),
            #[cfg(feature = "audio")]
            past: (0, 0.0),
        }
    }

    /// A frame's level changes, up to dot `now`; without `play` they are not heard.
    pub(super) fn frame(&mut self, edges: &[Edge], now: Dots, play: bool) {
        #[cfg(feature = "audio")]
        if let Some(card) = &mut self.card {
            card.frame(edges, now, play);
        }
        #[cfg(not(feature = "audio"))]
        let _ = (edges, now, play);
    }

    /// Nothing comes for a while, and the machine may go on in another state.
    pub(super) fn pause(&mut self) {
        #[cfg(feature = "audio")]
        if let Some(card) = &mut self.card {
            card.pause();
        }
    }

    /// The machine has jumped to another state.
    pub(super) fn resume(&mut self, at: Dots, level: i32) {
        #[cfg(feature = "audio")]
        if let Some(card) = &mut self.card {
            card.resume(at, level);
        }
        #[cfg(not(feature = "audio"))]
        let _ = (at, level);
    }

    /// How it stands, if there is a card that plays.
    pub(super) fn status(&self) -> Option<Status> {
        #[cfg(feature = "audio")]
        return self.card.as_ref().and_then(Card::status).map(|status| Status {
            missed: status.missed + self.past.0,
            asked: status.asked + self.past.1,
            ..status
        });
        #[cfg(not(feature = "audio"))]
        None
    }

    /// Opens a card anew that has failed, at time `now` with the sound at `at` and `level`; returns what to tell the user.
    #[cfg(feature = "audio")]
    pub(super) fn mend(&mut self, now: Duration, at: Dots, level: i32) -> Option<&'static str> {
        let failed = self.card.take_if(|card| card.has_failed(now));
        if let Some(status) = failed.as_ref().and_then(Card::status) {
            self.past = (self.past.0 + status.missed, self.past.1 + status.asked);
        }
        if failed.is_some() {
            self.lost.wanted = true;
        }
        drop(failed);
        if !self.lost.wanted || self.lost.tried.is_some_and(|tried| now < tried + RETRY) {
            return None;
        }
        self.lost.tried = Some(now);
        match Card::open(&self.settings, at, level) {
            Ok(card) => {
                self.card = Some(card);
                self.lost.wanted = false;
                std::mem::take(&mut self.lost.told).then_some("the sound is back")
            }
            Err(error) => {
                log::debug!("sound: {error}");
                let told = std::mem::replace(&mut self.lost.told, true);
                (!told).then_some("the sound card has failed; going on without sound")
            }
        }
    }

    /// There is nothing to mend without sound.
    #[cfg(not(feature = "audio"))]
    pub(super) fn mend(&mut self, _now: Duration, _at: Dots, _level: i32) -> Option<&'static str> {
        None
    }
}

#[cfg(feature = "audio")]
mod card {
    use super::{Dots, Edge, SoundSettings, Status};
    use crate::host::audio::{AudioError, Output};
    use crate::host::blip::{Blip, LATENCY};
    use crate::host::pacing::Governor;
    use std::time::Duration;

    /// Periods that a card holds besides the one it is asking for.
    const CARD_PERIODS: usize = 2;
    /// A card that asks for nothing for so long has failed.
    const STALL: Duration = Duration::from_secs(2);

    pub(super) struct Card {
        output: Output,
        blip: Blip,
        governor: Governor,
        samples: Vec<f32>,
        playing: bool,
        /// Samples before the last one of the latest frame.
        waiting: usize,
        /// Samples asked for when last looked, and since when it has been as many.
        progress: (u64, Option<Duration>),
    }

    impl Card {
        pub(super) fn open(settings: &SoundSettings, at: Dots, level: i32) -> Result<Self, AudioError> {
            let output = Output::open(settings.buffer_ms, settings.volume)?;
            let blip = Blip::new(output.rate(), at, level);
            let governor = Governor::new(output.target());
            Ok(Self {
                output,
                blip,
                governor,
                samples: Vec::new(),
                playing: false,
                waiting: 0,
                progress: (0, None),
            })
        }

        pub(super) fn frame(&mut self, edges: &[Edge], now: Dots, play: bool) {
            match (self.playing, play) {
                (false, true) => {
                    self.output.set_paused(false);
                    self.governor.restart(self.output.target());
                    self.playing = true;
                }
                (true, false) => self.pause(),
                _ => {}
            }
            if play {
                // The governor learns the card's habits only while it plays.
                self.blip.nudge(self.governor.adjust(self.output.level(), self.output.target()));
            }
            self.blip.add(edges);
            self.samples.clear();
            self.blip.end(now, &mut self.samples);
            if play {
                self.output.push(&self.samples);
                self.waiting = self.output.level() + CARD_PERIODS * self.output.period() + LATENCY;
            }
        }

        pub(super) fn pause(&mut self) {
            self.output.set_paused(true);
            self.playing = false;
        }

        pub(super) fn resume(&mut self, at: Dots, level: i32) {
            self.blip.resume(at, level);
        }

        pub(super) fn status(&self) -> Option<Status> {
            let rate = f64::from(self.output.rate());
            (self.playing && self.output.asked() > 0).then(|| Status {
                lag_ms: self.waiting as f64 * 1000.0 / rate,
                missed: self.output.missed(),
                asked: self.output.asked() as f64 / rate,
            })
        }

        /// Whether the card is gone, or has asked for nothing for a while by time `now`.
        pub(super) fn has_failed(&mut self, now: Duration) -> bool {
            let asked = self.output.asked();
            let since = match self.progress {
                (before, Some(since)) if before == asked => since,
                _ => now,
            };
            self.progress = (asked, Some(since));
            self.output.is_gone() || now - since > STALL
        }
    }
}
