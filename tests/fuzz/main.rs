// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fuzzing on the stable toolchain: mutated inputs for everything that reads what a user brings.
//!
//! ```text
//! cargo test --release --test fuzz                                  a short, fixed run of every target
//! cargo test --release --test fuzz -- --seconds 60                  a minute of each
//! cargo test --release --test fuzz -- --seconds 60 --target rpk     a minute of one; --seed N for another sequence, --jobs N
//! cargo test --release --test fuzz -- --target rpk --replay FILE    one input
//! ```
//!
//! Each target runs in a process of its own, as many at a time as there are processors. An input fails by a panic, by taking
//! longer than [`PATIENCE`], by an error text of more than one line, by ending the process, or by lifting its peak memory over
//! [`MEMORY_LIMIT`]. It is written to `target/fuzz` then; once the cause is mended it goes to
//! `tests/fuzz/corpus/TARGET`, whose files are the seeds together with those that the targets make.
//! The closing line counts targets: `N passed, N failed`; the exit code is 1 if one failed.
#![allow(clippy::unwrap_used)] // a fuzzer that cannot unwrap has failed

mod assemblers;
mod console;
#[path = "../it/images.rs"]
#[allow(dead_code)] // shared with the integration tests, which use all of it
mod images;
mod media;
mod mutate;
mod script;
mod suite;
#[path = "../it/xorshift.rs"]
mod xorshift;
#[path = "../it/zipped.rs"]
mod zipped;

use mutate::Mutator;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than any input may take, debug builds on slow machines included.
const PATIENCE: Duration = Duration::from_secs(20);
/// More than any target needs, and less than what a zip bomb would take.
const MEMORY_LIMIT: u64 = 400 << 20;

/// Something to fuzz.
struct Target {
    name: &'static str,
    /// Inputs to start from, beside the files of `corpus/NAME`.
    seeds: fn() -> Vec<Vec<u8>>,
    /// Words worth inserting.
    words: &'static [&'static str],
    /// Takes one input; panics on a fault.
    run: fn(&[u8]),
    /// Inputs of a run without `--seconds`.
    inputs: u32,
}

const TARGETS: &[&Target] = &[
    &media::RPK,
    &media::BIN,
    &media::FIRMWARE,
    &console::STATE,
    &console::MEMORY,
    &script::SCRIPT,
    &suite::SUITE,
    &assemblers::ASM,
    &assemblers::GPL,
    &assemblers::OBJECT,
    &assemblers::DIS,
    &assemblers::BASIC,
];

/// What the command line asks for.
#[derive(Default)]
struct Options {
    seconds: Option<u64>,
    target: Option<String>,
    seed: u64,
    jobs: Option<u64>,
    replay: Option<PathBuf>,
    /// This process runs one target.
    alone: bool,
}

impl Options {
    /// Unknown arguments are those that `cargo test` hands to every test binary: a word is a filter, the rest is ignored.
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { seed: 1, ..Self::default() };
        while let Some(arg) = args.next() {
            let mut number =
                || args.next().and_then(|n| n.parse().ok()).ok_or(format!("{arg} takes a number"));
            match arg.as_str() {
                "--seconds" => options.seconds = Some(number()?),
                "--seed" => options.seed = number()?,
                "--jobs" => options.jobs = Some(number()?),
                "--alone" => options.alone = true,
                "--target" => options.target = args.next(),
                "--replay" => options.replay = args.next().map(PathBuf::from),
                word if !word.starts_with('-') => options.target = Some(arg),
                _ => {}
            }
        }
        Ok(options)
    }

    fn wants(&self, name: &str) -> bool {
        self.target.as_deref().is_none_or(|wanted| name == wanted || !self.alone && name.contains(wanted))
    }

    /// Arguments that make another process run `target` by itself.
    fn alone(&self, target: &str) -> Vec<String> {
        let mut args = vec!["--alone".into(), "--target".into(), target.into()];
        args.extend(["--seed".into(), self.seed.to_string()]);
        args.extend(self.seconds.iter().flat_map(|seconds| ["--seconds".into(), seconds.to_string()]));
        args
    }
}

fn main() {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|e| {
        eprintln!("fuzz: {e}");
        std::process::exit(2);
    });
    let wanted = TARGETS.iter().copied().filter(|target| options.wants(target.name));
    let failed = if options.alone || options.replay.is_some() {
        wanted.filter(|target| !run_here(target, &options)).count()
    } else {
        let wanted: Vec<&Target> = wanted.collect();
        let failed = run_apart(&wanted, &options);
        println!("{} passed, {failed} failed", wanted.len() - failed);
        failed
    };
    std::process::exit(i32::from(failed > 0));
}

/// Runs one target in this process, and says how it went; true if all is well.
fn run_here(target: &Target, options: &Options) -> bool {
    let current = Arc::new(Mutex::new(Current::default()));
    watch(Arc::clone(&current));
    // Panics are reported with their input; the default hook would print a line for each of the seeds' retries.
    panic::set_hook(Box::new(|_| {}));
    match fuzz(target, options, &current) {
        Ok(inputs) => {
            println!("{:<10} ok, {inputs} inputs, peak memory {} MiB", target.name, peak_memory() >> 20);
            true
        }
        Err(what) => {
            println!("{:<10} FAILED: {what}", target.name);
            false
        }
    }
}

/// Runs each target in a process of its own; returns how many failed.
fn run_apart(targets: &[&Target], options: &Options) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(cores, |jobs| jobs.max(1) as usize);
    let (queue, failed) = (Mutex::new(targets.iter()), Mutex::new(0));
    let work = || {
        loop {
            let Some(target) = queue.lock().unwrap().next() else { break };
            let program = std::env::current_exe().unwrap();
            let output = Command::new(program).args(options.alone(target.name)).output().unwrap();
            print!("{}", String::from_utf8_lossy(&output.stdout));
            if output.status.code().is_none_or(|code| code > 1) {
                let (status, said) = (output.status, String::from_utf8_lossy(&output.stderr));
                println!("{:<10} FAILED: {status} in sequence {}: {said}", target.name, options.seed);
            }
            *failed.lock().unwrap() += usize::from(!output.status.success());
        }
    };
    std::thread::scope(|scope| (0..jobs.min(targets.len())).for_each(|_| drop(scope.spawn(work))));
    failed.into_inner().unwrap()
}

/// Runs one target for its time or its number of inputs, and returns how many it took.
fn fuzz(target: &Target, options: &Options, current: &Mutex<Current>) -> Result<u32, String> {
    if let Some(path) = &options.replay {
        let input = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        return try_input(target, &input, current).map(|()| 1);
    }
    let mut seeds = (target.seeds)();
    seeds.extend(corpus(target.name));
    for seed in &seeds {
        try_input(target, seed, current)?;
    }
    let mut mutator = Mutator::new(options.seed, seeds, target.words);
    let end = options.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut inputs = 0;
    while end.map_or(inputs < target.inputs, |end| Instant::now() < end) {
        try_input(target, &mutator.next(), current)?;
        inputs += 1;
    }
    Ok(inputs)
}

/// Seeds kept as files: made by hand, or found by fuzzing.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn try_input(target: &Target, input: &[u8], current: &Mutex<Current>) -> Result<(), String> {
    current.lock().unwrap().begin(target.name, input);
    let result = panic::catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    current.lock().unwrap().started = None;
    let what = match result {
        Err(payload) => {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or(payload.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
        }
        Ok(()) if peak_memory() > MEMORY_LIMIT => format!("peak memory of {} MiB", peak_memory() >> 20),
        Ok(()) => return Ok(()),
    };
    Err(format!("{what}: input in {}", keep(target.name, input).display()))
}

/// Writes a failing input where it can be found.
fn keep(target: &str, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{target}-{:08x}", crc32fast::hash(input)));
    std::fs::write(&path, input).unwrap();
    path
}

/// The input being run, for the watchdog.
#[derive(Default)]
struct Current {
    started: Option<Instant>,
    target: &'static str,
    input: Vec<u8>,
}

impl Current {
    fn begin(&mut self, target: &'static str, input: &[u8]) {
        self.started = Some(Instant::now());
        self.target = target;
        self.input.clear();
        self.input.extend_from_slice(input);
    }
}

/// Ends the process when an input hangs.
fn watch(current: Arc<Mutex<Current>>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = current.lock().unwrap();
            if now.started.is_some_and(|started| started.elapsed() > PATIENCE) {
                let path = keep(now.target, &now.input);
                println!(
                    "{:<10} FAILED: takes longer than {PATIENCE:?}: input in {}",
                    now.target,
                    path.display()
                );
                std::process::exit(1);
            }
        }
    });
}

/// The most memory this process has used so far, in bytes; 0 where the system does not tell (it does on Linux, where CI runs).
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) << 10
}
