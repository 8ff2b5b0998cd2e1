// SPDX-License-Identifier: MIT OR Apache-2.0
//! Conformance suites: golden CPU traces and TI BASIC cases, run against the machine.

pub mod basic;
pub mod cpu;

use std::io::Read as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Does the same with every item, on `jobs` threads; the results are in the items' order.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], jobs: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            let (next, work, send) = (&next, &work, send.clone());
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    // The receiver outlives the threads: sending cannot fail.
                    let _ = send.send((index, work(item)));
                }
            });
        }
    });
    drop(send);
    let mut results: Vec<(usize, R)> = receive.into_iter().collect();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// No suite file is larger than this when unpacked: a compressed one must not fill the memory.
const MAX_UNPACKED: u64 = 64 << 20;

/// Why a compressed file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The gzip stream is damaged.
    #[error("damaged gzip file: {0}")]
    Gzip(#[from] std::io::Error),
    /// Unpacked, the file is too large.
    #[error("more than 64 MiB when unpacked")]
    TooLarge,
}

/// A file's contents, unpacked if they are compressed by gzip.
pub fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, UnpackError> {
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..]).take(MAX_UNPACKED + 1).read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > MAX_UNPACKED { Err(UnpackError::TooLarge) } else { Ok(unpacked) }
}
