// SPDX-License-Identifier: MIT OR Apache-2.0
//! The TI BASIC suite: the cases' format, the comparison's levels and tolerances on hand-made screens, and the part of the
//! corpus that the project's own firmware passes. The cases are captures from a genuine console in MAME 0.251.

use crate::support::data_dir;
use lubbock::console::{Config, ConsoleImages, Machine, Profile, Region};
use lubbock::firmware::{GROMS, ROM};
use lubbock::suite::basic::{
    Booted, Case, Level, Observed, Report, Result, Rhythm, SoundState, Verdict, compare, read_cases, run_all,
    states,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Cases in the corpus, by area.
const AREAS: &[(&str, usize)] = &[
    ("arith", 29),
    ("arrays", 31),
    ("benchmark", 21),
    ("commands", 84),
    ("control", 55),
    ("data", 24),
    ("def", 21),
    ("editing", 39),
    ("entry", 45),
    ("errors", 70),
    ("files", 31),
    ("functions", 24),
    ("graphics", 56),
    ("input", 34),
    ("key", 26),
    ("numfmt", 19),
    ("print", 38),
    ("programs", 8),
    ("random", 21),
    ("screen", 18),
    ("sound", 27),
    ("statements", 10),
    ("strings", 38),
];
/// Cases in `basic-more.json.gz`.
const MORE_CASES: usize = 872;
/// The list of passing cases never gets shorter than this.
const PASSING_AT_LEAST: usize = 764;

fn corpus() -> Vec<Case> {
    let read = |(area, count): &(&str, usize)| {
        let path = data_dir().join(format!("basic-cases/{area}.json.gz"));
        let cases = read_cases(std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(cases.len(), *count, "{area}");
        cases
    };
    AREAS.iter().flat_map(read).collect()
}

/// A case on a screen with `PRINT 1` and its answer, with these fields put in or replaced.
fn case(fields: Value) -> Case {
    let mut rows = vec![" ".repeat(32); 24];
    rows[20] = "·>PRINT 1                     ··".into();
    rows[21] = "·· 1                          ··".into();
    rows[23] = "·>                            ··".into();
    let mut case = json!({
        "name": "made", "area": "hand", "steps": ["PRINT 1"],
        "expect": {"screen": rows, "cursor": [23, 2], "backdrop": 7},
    });
    for (key, value) in fields.as_object().unwrap() {
        match value {
            Value::Object(inner) if key == "expect" => {
                inner.iter().for_each(|(key, value)| case["expect"][key] = value.clone());
            }
            _ => case[key] = value.clone(),
        }
    }
    read_cases(case.to_string().into_bytes()).unwrap().remove(0)
}

/// What a machine shows that differs from the case's expectation in these fields; `row21` replaces that row.
fn observed(case: &Case, fields: Value) -> Observed {
    let mut got = json!(case.expect);
    for (key, value) in fields.as_object().unwrap() {
        match key.strip_prefix("row") {
            Some(row) => got["screen"][row.parse::<usize>().unwrap()] = value.clone(),
            None => got[key] = value.clone(),
        }
    }
    serde_json::from_value(got).unwrap()
}

#[test]
fn the_corpus_is_complete_and_agrees_with_itself() {
    for case in corpus() {
        let verdict = compare(&case, &case.expect);
        let sound = case.expect.sound.is_some();
        let perfect = Verdict { sound_bytes: sound.then_some(true), ..Verdict::default() };
        assert_eq!(verdict, perfect, "{}", case.name);
    }
}

#[test]
fn sound_states_follow_from_the_recorded_bytes() {
    let cases = corpus();
    let recorded: Vec<_> = cases.iter().filter(|case| case.expect.sound.is_some()).collect();
    assert_eq!(recorded.len(), 18);
    for case in recorded {
        let expect = &case.expect;
        assert_eq!(Some(states(expect.sound.as_ref().unwrap())), expect.sound_states, "{}", case.name);
    }
}

#[test]
fn levels_and_tolerances() {
    let aaa = |n: usize| format!("··{:<28}··", "a".repeat(n));
    // The case's fields, what differs on the machine, whether it passes at the levels text and exact (FORMAT.md).
    let rows: &[(Value, Value, bool, bool)] = &[
        (json!({}), json!({}), true, true),
        (json!({}), json!({"row21": "·· 2                          ··"}), false, false),
        // Outside columns 1 to 29 only the exact level looks; in column 1 the edge counts as a space for readers.
        (json!({}), json!({"row21": "   1                          ··"}), true, false),
        (json!({}), json!({"row21": "·· 1                            "}), true, false),
        (json!({}), json!({"row21": "·>1                           ··"}), false, false),
        (json!({}), json!({"row23": "·█                            ··"}), false, false),
        (json!({}), json!({"row22": "  \u{e080}                             "}), false, false),
        (json!({}), json!({"cursor": [23, 3]}), true, false),
        (json!({}), json!({"cursor": null}), true, false),
        (json!({}), json!({"backdrop": 3}), true, false),
        (json!({"compare": {"cursor_tolerance": 1}}), json!({"cursor": [23, 3]}), true, true),
        (json!({"compare": {"cursor_tolerance": 1}}), json!({"cursor": [23, 4]}), true, false),
        (json!({"compare": {"cursor_tolerance": 1}}), json!({"cursor": [22, 2]}), true, false),
        (json!({"compare": {"cursor_tolerance": 1}}), json!({"cursor": null}), true, false),
        (json!({"compare": {"ignore_rows": [21]}}), json!({"row21": aaa(3)}), true, true),
        (json!({"compare": {"ignore_rows": [20]}}), json!({"row21": aaa(3)}), false, false),
        (json!({"compare": {"rows": [22, 23]}}), json!({"row21": aaa(3)}), true, true),
        (json!({"compare": {"rows": [21, 23]}}), json!({"row21": aaa(3)}), false, false),
        // The screen has no `a`: with a tolerance of two there may be two, and nothing else on the screen matters.
        (json!({"compare": {"count": "a", "tolerance": 2}}), json!({"row21": aaa(2)}), true, true),
        (json!({"compare": {"count": "a", "tolerance": 2}}), json!({"row21": aaa(3)}), false, false),
        (json!({"observe": ["colors"], "expect": {"colors": ["17"]}}), json!({"colors": ["17"]}), true, true),
        (
            json!({"observe": ["colors"], "expect": {"colors": ["17"]}}),
            json!({"colors": ["10"]}),
            true,
            false,
        ),
        (json!({"expect": {"patterns": {"65": "standard"}}}), json!({"patterns": {"65": "00"}}), true, false),
        (json!({"expect": {"vdpregs": [0, 1, 2, 3, 4, 5, 6, 7]}}), json!({"vdpregs": null}), true, false),
        (
            json!({"expect": {"backdrop_trace": [7, 3, 7]}}),
            json!({"backdrop_trace": [7, 3, 4, 7]}),
            true,
            false,
        ),
        // Frames are measured, never judged.
        (json!({"expect": {"frames": {"X": 20}}}), json!({"frames": {"X": 2000}}), true, true),
        (json!({"expect": {"frames": {"X": 20}}}), json!({"frames": {}}), true, true),
    ];
    for (fields, different, text, exact) in rows {
        let case = case(fields.clone());
        let verdict = compare(&case, &observed(&case, different.clone()));
        let passes = (verdict.passes(Level::Text), verdict.passes(Level::Exact));
        assert_eq!(passes, (*text, *exact), "{fields} against {different}: {verdict:?}");
    }
}

#[test]
fn recorded_screens_count_at_both_levels() {
    let inner = case(json!({})).expect.last;
    let case = case(json!({"expect": {"snaps": {"running": inner}}}));
    let mut got = observed(&case, json!({}));
    assert!(compare(&case, &got).passes(Level::Exact));
    got.snaps.get_mut("running").unwrap().backdrop = 3;
    let verdict = compare(&case, &got);
    assert!(verdict.passes(Level::Text));
    assert_eq!(verdict.exact[0].snap.as_deref(), Some("running"));
    assert_eq!(verdict.exact[0].what, "backdrop: expected 7, got 3");
    got.snaps.clear();
    assert!(!compare(&case, &got).passes(Level::Text));
}

#[test]
fn sounds_are_judged_by_their_states() {
    let tone = json!([[254, 0], null, null, null]);
    let silence = json!([null, null, null, null]);
    let half = json!([[254, 0], [100, 2], null, null]);
    let expected = json!([[0, tone], [13, silence]]);
    // What is heard, and whether it passes: two frames early or late at most (FORMAT.md); a state half way between its
    // neighbours for one frame is where a frame ended between two writes, and a silent start is no sound.
    let rows = [
        (json!([[0, tone], [13, silence]]), true),
        (json!([[0, tone], [15, silence]]), true),
        (json!([[0, tone], [16, silence]]), false),
        (json!([[0, tone]]), false),
        (json!([[0, silence], [1, tone], [13, silence]]), true),
        (json!([[0, tone], [12, half], [13, silence]]), false),
        (json!([[0, half], [1, tone], [13, silence]]), false),
        (json!([[0, [[254, 1], null, null, null]], [13, silence]]), false),
    ];
    for (heard, passes) in rows {
        let case = case(json!({"observe": ["sound"], "expect": {"sound_states": expected}}));
        let got = observed(&case, json!({"sound_states": heard}));
        assert_eq!(compare(&case, &got).passes(Level::Exact), passes, "{heard}");
        let case =
            self::case(json!({"compare": {"sound_bytes_only": true}, "expect": {"sound_states": expected}}));
        let late = observed(&case, json!({"sound_states": [[0, tone], [99, silence]]}));
        assert!(compare(&case, &late).passes(Level::Exact));
    }
    // Two tones and a noise switched off together: a frame that ends between the writes shows a part of them.
    let chord = json!([[254, 0], [100, 2], null, [7, 3], 500]);
    let part = json!([null, [100, 2], null, [7, 3], 500]);
    let case = case(json!({"expect": {"sound_states": [[0, chord], [13, silence]]}}));
    for (frames, passes) in [(1, true), (2, false)] {
        let heard = json!([[0, chord], [13 - frames, part], [13, silence]]);
        let got = observed(&case, json!({"sound_states": heard}));
        assert_eq!(compare(&case, &got).passes(Level::Exact), passes, "{heard}");
    }
}

#[test]
fn bytes_become_states() {
    // Tone 1 at divider 254 and full volume, then off; noise at tone 3's rate, with its divider as fifth element.
    let bytes = [(0, 0x8E), (0, 0x0F), (0, 0x90), (5, 0x9F), (9, 0xC4), (9, 0x1F), (9, 0xE7), (9, 0xF3)];
    let expected = json!([
        [0, [[254, 0], null, null, null]],
        [5, [null, null, null, null]],
        [9, [null, null, null, [7, 3], 500]],
    ]);
    let expected: Vec<SoundState> = serde_json::from_value(expected).unwrap();
    assert_eq!(states(&bytes), expected);
}

#[test]
fn files_that_are_no_cases_are_refused() {
    let whole = |steps: Value| {
        json!({"name": "n", "area": "a", "steps": steps,
               "expect": {"screen": vec![" ".repeat(32); 24], "cursor": null, "backdrop": 7}})
    };
    let mut misspelt = whole(json!([]));
    misspelt["compare"] = json!({"cursor_tolerence": 1});
    let mut narrow = whole(json!([]));
    narrow["expect"]["screen"][3] = json!("");
    for (text, problem) in [
        ("".to_string(), "EOF"),
        ("{}".to_string(), "missing field"),
        (misspelt.to_string(), "unknown field"),
        (narrow.to_string(), "row 3 has 0 columns, not 32"),
        (whole(json!([{"key": "FCTN+11"}])).to_string(), "`11` is no key"),
        (whole(json!(["PRINT ä"])).to_string(), "no key types 'ä'"),
        (whole(json!([{"timeout": 3}])).to_string(), "a step without anything to do"),
        ("\u{1f}\u{8b}".to_string(), "not a case file"),
    ] {
        let error = read_cases(text.clone().into_bytes()).unwrap_err().to_string();
        assert!(error.contains(problem), "{text}: {error}");
    }
    let error = read_cases(vec![0x1F, 0x8B, 8, 0]).unwrap_err().to_string();
    assert!(error.starts_with("damaged gzip file"), "{error}");
}

/// The names in `passing.txt`.
fn passing() -> Vec<String> {
    let text = std::fs::read_to_string(data_dir().join("basic-cases/passing.txt")).unwrap();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

fn own_console() -> Booted {
    let config = Config { profile: Profile::MAME, region: Region::Ntsc, ram32k: false };
    let groms = GROMS.map(|grom| grom.as_slice());
    let machine = Machine::new(config, ConsoleImages { rom: ROM, groms }, Vec::new());
    Booted::start(machine, Rhythm::default()).unwrap()
}

#[test]
fn our_firmware_passes_the_listed_cases() {
    let mut cases: BTreeMap<String, Case> =
        corpus().into_iter().map(|case| (format!("{}/{}", case.area, case.name), case)).collect();
    let names = passing();
    assert!(names.len() >= PASSING_AT_LEAST, "passing.txt has lost cases");
    assert!(names.is_sorted_by(|a, b| a < b), "passing.txt is not sorted, or names a case twice");
    let listed: Vec<Case> =
        names.iter().map(|name| cases.remove(name).unwrap_or_else(|| panic!("no case {name}"))).collect();
    let jobs = std::thread::available_parallelism().map_or(1, |n| n.get());
    let results: Vec<Result> = run_all(&own_console(), &listed, jobs);
    let report = Report::new(results, Level::Exact, None);
    assert_eq!(report.failed(), 0, "\n{}", report.text(false));
}

/// Further cases, which `tests/tools/record_basic_cases.py` recorded with the genuine firmware on this machine.
#[test]
fn our_firmware_passes_the_further_cases() {
    let cases = read_cases(std::fs::read(data_dir().join("basic-more.json.gz")).unwrap()).unwrap();
    assert_eq!(cases.len(), MORE_CASES);
    let jobs = std::thread::available_parallelism().map_or(1, |n| n.get());
    let report = Report::new(run_all(&own_console(), &cases, jobs), Level::Exact, None);
    assert_eq!(report.failed(), 0, "\n{}", report.text(false));
}
