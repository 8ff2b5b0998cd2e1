// SPDX-License-Identifier: MIT OR Apache-2.0
//! Target: files of the suites: TI BASIC cases, golden cases and traces.

use crate::Target;
use lubbock::suite::basic::{compare, read_cases};
use lubbock::suite::cpu::{Case, parse_trace};

pub(crate) const SUITE: Target = Target {
    name: "suite",
    seeds,
    words: &[
        "{\"snap\":\"a\",\"now\":true}",
        "\\ue080",
        "\"compare\":{",
        "\"rows\":[0,24]",
        "1e99",
        "null",
        "rom\n",
        "FFFE: ",
    ],
    run,
    inputs: 300,
};

const BASIC: &str = r#"{"name":"a","area":"b","steps":["PRINT 1",{"key":"FCTN+4","frames":3},{"wait":0.5},
{"time":"RUN","marks":["X"],"timeout":9},{"line":"A","wait":false}],"observe":["sound"],
"compare":{"count":"a","tolerance":2,"ignore_rows":[1],"cursor_tolerance":1},
"expect":{"screen":[ROWS],"cursor":[23,2],"backdrop":7,"sound":[[0,191],[3,144]],
"sound_states":[[0,[[512,0],null,null,null]],[3,[null,null,null,[7,1],127]]],"frames":{"X":20}}}"#;

const GOLDEN: &str = "tms9900-golden 1\nname n\ngroup core\ndesc d\nconfig 32k\ndone 0024\nlines 1\ncycles 26\nrom\n\
                      0000: 83E0 0024\npad\n8300: 0000 0001\nram\nA000: FFFF\nend\n";

fn seeds() -> Vec<Vec<u8>> {
    let row = format!("\"{}\"", " ".repeat(32));
    let basic = BASIC.replace("ROWS", &vec![row; 24].join(","));
    vec![
        basic.clone().into_bytes(),
        format!("[{basic},{basic}]").into_bytes(),
        GOLDEN.into(),
        b"26 0024 83E0 0000\n".to_vec(),
    ]
}

fn run(input: &[u8]) {
    match read_cases(input.to_vec()) {
        Ok(cases) => {
            for case in cases {
                // What it expects of itself is never an overflow or an index out of range.
                compare(&case, &case.expect);
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = Case::parse(text);
        let _ = parse_trace(text);
    }
}
