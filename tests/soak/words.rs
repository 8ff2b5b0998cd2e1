// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the soak types: program lines, commands, statements typed at the prompt, all of them valid, nearly valid or nonsense.

use super::xorshift::Xorshift;

/// What chance decides: the same seed, the same session.
pub(crate) struct Dice(Xorshift);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xorshift::new(seed))
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((self.0.next() >> 33) % limit as u64) as usize
    }

    /// True once in `times`.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A sentence from a template: `{x}` stands for something made anew: n number, s string, v numeric variable, w string
    /// variable, l line number, c constant.
    pub(crate) fn fill(&mut self, template: &str, depth: usize) -> String {
        let mut text = String::new();
        let mut signs = template.chars();
        while let Some(sign) = signs.next() {
            if sign != '{' {
                text.push(sign);
                continue;
            }
            let part = match signs.next() {
                Some('n') => self.number(depth + 1),
                Some('s') => self.string(depth + 1),
                Some('v') => self.variable(NUMBERS, depth + 1),
                Some('w') => self.variable(TEXTS, depth + 1),
                Some('l') => self.line_number().to_string(),
                _ => self.constant(),
            };
            text.push_str(&part);
            signs.next();
        }
        text
    }

    pub(crate) fn line_number(&mut self) -> usize {
        if self.one_in(40) { self.below(40_000) } else { (self.below(40) + 1) * 10 }
    }

    fn constant(&mut self) -> String {
        match self.below(10) {
            0 => self.below(40_000).to_string(),
            1 => format!("{}.{}", self.below(100), self.below(1000)),
            2 => format!("{}E{}", self.below(100), self.below(140)),
            3 => format!(".{}", self.below(10_000)),
            _ => self.below(20).to_string(),
        }
    }

    fn variable(&mut self, names: &[&str], depth: usize) -> String {
        let name = self.pick(names);
        match self.below(5) {
            0 if depth < 4 => self.fill(&format!("{name}({{n}})"), depth),
            1 if depth < 3 => self.fill(&format!("{name}2({{n}},{{n}})"), depth),
            _ => format!("{name}1"),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        if depth > 4 || self.one_in(2) {
            return if self.one_in(2) { self.constant() } else { self.variable(NUMBERS, depth) };
        }
        let template = self.pick(NUMERIC);
        self.fill(template, depth)
    }

    fn string(&mut self, depth: usize) -> String {
        if depth > 4 || self.one_in(2) {
            return if self.one_in(2) { self.quoted() } else { self.variable(TEXTS, depth) };
        }
        let template = self.pick(TEXTUAL);
        self.fill(template, depth)
    }

    fn quoted(&mut self) -> String {
        let length = if self.one_in(5) { self.below(40) } else { self.below(6) };
        let text: String = (0..length).map(|_| self.pick(b"ABCXYZ 0189,.;-") as char).collect();
        format!("\"{text}\"")
    }

    fn statement(&mut self) -> String {
        let template = self.pick(STATEMENTS);
        self.fill(template, 0)
    }

    /// Something to be typed at the prompt, without ENTER.
    pub(crate) fn line(&mut self) -> String {
        let line = match self.below(16) {
            0..=8 => format!("{} {}", self.line_number(), self.statement()),
            9 => self.line_number().to_string(),
            10..=12 => self.statement(),
            _ => {
                let template = self.pick(COMMANDS);
                self.fill(template, 0)
            }
        };
        match self.below(12) {
            0 => self.spoilt(&line),
            1 if self.one_in(4) => (0..self.below(120)).map(|_| self.pick(&SIGNS) as char).collect(),
            _ => line,
        }
    }

    /// A line with an error of typing.
    fn spoilt(&mut self, line: &str) -> String {
        let mut signs: Vec<char> = line.chars().collect();
        let at = self.below(signs.len().max(1));
        let sign = self.pick(&SIGNS) as char;
        match self.below(4) {
            0 if at < signs.len() => drop(signs.remove(at)),
            1 => signs.truncate(at),
            2 if at < signs.len() => signs[at] = sign,
            _ => signs.insert(at, sign),
        }
        signs.into_iter().collect()
    }

    /// An answer to INPUT.
    pub(crate) fn answer(&mut self) -> String {
        let template =
            self.pick(&["{c}", "{c},{c}", "{c},TEXT", "TEXT", "\"A,B\",{c}", "", "{s}", "1E200", "\"OPEN"]);
        self.fill(template, 3)
    }
}

/// All signs that keys give.
const SIGNS: [u8; 95] = {
    let mut signs = [0; 95];
    let mut n = 0;
    while n < 95 {
        signs[n] = b' ' + n as u8;
        n += 1;
    }
    signs
};

/// Beginnings of names: `A1` a variable, `A(` and `A2(` arrays of one and two dimensions.
const NUMBERS: &[&str] = &["A", "B", "COUNT", "X@", "_"];
const TEXTS: &[&str] = &["A$", "N$", "TEXT$"];

const NUMERIC: &[&str] = &[
    "{n}+{n}",
    "{n}-{n}",
    "{n}*{n}",
    "{n}/{n}",
    "{n}^2",
    "-{n}",
    "({n})",
    "{n}={n}",
    "{s}<{s}",
    "{n}<>{n}",
    "RND",
    "INT({n})",
    "ABS({n})",
    "SQR({n})",
    "SIN({n})",
    "LEN({s})",
    "ASC({s})",
    "POS({s},{s},{n})",
    "VAL({s})",
    "SGN({n})",
    "FN({n})",
    "LOG({n})",
    "ATN({n})",
    "EXP({n})",
    "EOF(1)",
];

const TEXTUAL: &[&str] = &[
    "{s}&{s}",
    "{s}&{s}&{s}",
    "SEG$({s},{n},{n})",
    "SEG$({s},1,3)",
    "CHR$({n})",
    "STR$({n})",
    "({s})",
    "{w}&{w}&{w}",
    "FN$({s})",
];

const STATEMENTS: &[&str] = &[
    "LET {v}={n}",
    "{v}={n}",
    "{w}={s}",
    "{w}={w}&{s}",
    "{v}={v}+1",
    "PRINT {n};{s}",
    "PRINT {s},{n}:{s}",
    "PRINT TAB({n});{s}",
    "PRINT",
    "FOR I={n} TO {n}",
    "FOR I=1 TO 5",
    "FOR J=1 TO {c} STEP {n}",
    "NEXT I",
    "NEXT I",
    "NEXT J",
    "GOTO {l}",
    "GOSUB {l}",
    "GO TO {l}",
    "RETURN",
    "IF {n} THEN {l}",
    "IF {n} THEN {l} ELSE {l}",
    "ON {n} GOTO {l},{l}",
    "ON {n} GOSUB {l},{l},{l}",
    "REM {s}",
    "DATA {c},{s},{c},WORD",
    "READ {v}",
    "READ {w}",
    "READ {v},{w}",
    "RESTORE",
    "RESTORE {l}",
    "INPUT {v}",
    "INPUT {s}:{w},{v}",
    "DIM A({c})",
    "DIM N$({c}),B2(5,{c})",
    "OPTION BASE 1",
    "DEF FN(P)={n}+P",
    "DEF FN$(P$)=P$&{s}",
    "RANDOMIZE",
    "RANDOMIZE {n}",
    "STOP",
    "END",
    "BREAK",
    "BREAK {l}",
    "UNBREAK",
    "TRACE",
    "UNTRACE",
    "CALL CLEAR",
    "CALL HCHAR({n},{n},{n})",
    "CALL HCHAR(12,3,{c},20)",
    "CALL VCHAR(2,{c},{c},30)",
    "CALL GCHAR(1,1,{v})",
    "CALL COLOR({c},2,8)",
    "CALL SCREEN({c})",
    "CALL CHAR(128,\"FF81\")",
    "CALL CHAR({c},{s})",
    "CALL KEY(0,{v},{v})",
    "CALL JOYST(1,{v},{v})",
    "CALL SOUND(10,440,2)",
    "CALL SOUND({n},{n},{n})",
    "CALL SOUND(-50,-3,5)",
    "CALL NONE(1)",
    "OPEN #1:\"DSK1.X\"",
    "CLOSE #1",
    "PRINT #1:{n}",
    "INPUT #1:{v}",
    "RESTORE #1",
    "DELETE \"DSK1.X\"",
    "DISPLAY {s}",
    "{w}={s}&{s}&{s}&{s}",
    "{w}=SEG$({w}&{w},{n},{n})",
    "GOSUB {l}",
    "LIST",
    "NEW",
];

const COMMANDS: &[&str] = &[
    "RUN",
    "RUN",
    "RUN",
    "RUN",
    "RUN",
    "RUN {l}",
    "LIST",
    "LIST {l}-",
    "LIST -{l}",
    "LIST {l}-{l}",
    "LIST \"DSK1.X\"",
    "NEW",
    "RES",
    "RES {c},{c}",
    "NUM",
    "NUM {l},{c}",
    "CON",
    "CONTINUE",
    "EDIT {l}",
    "BREAK {l},{l}",
    "UNBREAK",
    "UNBREAK {l}",
    "TRACE",
    "UNTRACE",
    "OLD DSK1.X",
    "SAVE DSK1.X",
    "DELETE \"DSK1\"",
];
