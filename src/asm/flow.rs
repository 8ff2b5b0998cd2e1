// SPDX-License-Identifier: MIT OR Apache-2.0
//! From bytes to a source that assembles to the same bytes: which bytes are code, where labels go, how data look.
//!
//! An instruction set comes in as a [`Decoder`]. Linear mode decodes everything from the first byte on; flow mode
//! follows the entries and leaves the rest as data.
//!
//! Not covered: parameters that stand behind subroutine calls (they are taken for code), jumps through registers
//! and tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Bytes at their addresses.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// Address of the first byte.
    pub base: u16,
    /// The bytes; they end at >FFFF at the latest.
    pub bytes: &'a [u8],
}

impl<'a> Image<'a> {
    /// The bytes from an address on; empty outside of the image.
    pub fn from(&self, address: u16) -> &'a [u8] {
        let offset = usize::from(address).checked_sub(usize::from(self.base));
        offset.and_then(|offset| self.bytes.get(offset..)).unwrap_or_default()
    }

    /// The word at an address.
    pub fn word(&self, address: u16) -> Option<u16> {
        self.from(address).first_chunk().map(|&word| u16::from_be_bytes(word))
    }

    fn contains(&self, address: u16) -> bool {
        !self.from(address).is_empty()
    }

    fn addresses(&self) -> std::ops::RangeInclusive<usize> {
        let base = usize::from(self.base);
        base..=(base + self.bytes.len()).min(0x1_0000).wrapping_sub(1)
    }
}

/// What an instruction is, with the names that were known.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// Lines with the number of bytes each makes.
    pub lines: Vec<(usize, String)>,
    /// Where it may lead apart from the next instruction.
    pub targets: Vec<u16>,
    /// Addresses it names that are no targets.
    pub references: Vec<u16>,
    /// Whether it never leads to the next instruction.
    pub ends: bool,
}

impl Piece {
    fn length(&self) -> usize {
        self.lines.iter().map(|line| line.0).sum()
    }
}

/// Gives an address as operand: by name, or as a number.
pub type Namer<'a> = dyn Fn(u16) -> String + 'a;

/// An instruction set.
pub trait Decoder {
    /// Bytes that opcodes are aligned to.
    const UNIT: usize;

    /// Where bytes need placing anew: at multiples of this.
    const SLOT: usize;

    /// The directives that place what follows at `base`.
    fn origin(base: u16) -> String;

    /// The instruction at `address`, or `None` if there is none that assembles to the same bytes.
    fn decode(image: &Image, address: u16, name: &Namer) -> Option<Piece>;
}

/// How to disassemble.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Follow the entries (and the image's headers); else everything is decoded.
    pub flow: bool,
    /// Addresses of code.
    pub entries: Vec<u16>,
    /// Names by address.
    pub symbols: BTreeMap<u16, String>,
}

/// A source and the names in it.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The source.
    pub text: String,
    /// Labels and equates by address.
    pub symbols: BTreeMap<u16, String>,
}

/// Where lists of a header begin: power-up, programs, device routines, subprograms, interrupts (the same for
/// cartridge ROM, GROM and expansion cards).
const LISTS: [u16; 5] = [4, 6, 8, 10, 12];
/// What stands at the start of a header.
const HEADER_MARK: u8 = 0xAA;

/// Entries that the headers in an image name: each list element is the next one's address, the entry, a name.
pub fn header_entries(image: &Image) -> Vec<u16> {
    let mut entries = BTreeSet::new();
    for base in (0..=0xE000).step_by(0x2000) {
        if image.from(base).first() != Some(&HEADER_MARK) {
            continue;
        }
        for list in LISTS {
            let mut element = image.word(base + list).unwrap_or(0);
            let mut seen = BTreeSet::new();
            while element != 0 && seen.insert(element) {
                entries.extend(image.word(element.wrapping_add(2)).filter(|&entry| image.contains(entry)));
                element = image.word(element).unwrap_or(0);
            }
        }
    }
    entries.into_iter().collect()
}

/// Which addresses start an instruction, and which belong to one.
struct Code {
    starts: BTreeSet<usize>,
    covered: Vec<bool>,
}

fn number(address: u16) -> String {
    format!(">{address:04X}")
}

impl Code {
    /// Takes the piece at `address` if none of its bytes is taken yet.
    fn take(&mut self, image: &Image, address: usize, piece: &Piece) -> bool {
        let offset = address - usize::from(image.base);
        let bytes = &mut self.covered[offset..offset + piece.length()];
        let free = !bytes.contains(&true);
        if free {
            bytes.fill(true);
            self.starts.insert(address);
        }
        free
    }

    fn find<D: Decoder>(image: &Image, options: &Options) -> Self {
        let mut code = Self { starts: BTreeSet::new(), covered: vec![false; image.bytes.len()] };
        if !options.flow {
            let mut at = *image.addresses().start();
            while image.addresses().contains(&at) {
                let piece = D::decode(image, at as u16, &number);
                let taken = piece.filter(|piece| code.take(image, at, piece));
                at += taken.map_or(D::UNIT, |piece| piece.length());
            }
            return code;
        }
        let mut waiting = options.entries.clone();
        waiting.extend(header_entries(image));
        waiting.reverse();
        while let Some(entry) = waiting.pop() {
            let mut at = usize::from(entry);
            while image.addresses().contains(&at) && at.is_multiple_of(D::UNIT) {
                let Some(piece) = D::decode(image, at as u16, &number) else { break };
                if !code.take(image, at, &piece) {
                    break;
                }
                waiting.extend(piece.targets);
                if piece.ends {
                    break;
                }
                at += piece.lines.iter().map(|line| line.0).sum::<usize>();
            }
        }
        code
    }
}

/// Disassembles an image.
pub fn disassemble<D: Decoder>(image: &Image, options: &Options) -> Listing {
    let code = Code::find::<D>(image, options);
    let mut wanted: BTreeSet<u16> = options.entries.iter().copied().filter(|&e| image.contains(e)).collect();
    let mut named = wanted.clone();
    for &at in &code.starts {
        if let Some(piece) = D::decode(image, at as u16, &number) {
            named.extend(piece.references.iter().copied());
            wanted.extend(piece.targets);
            wanted.extend(piece.references.iter().copied().filter(|&r| image.contains(r)));
        }
    }
    named.extend(&wanted);
    let symbols = label(&wanted, &options.symbols, |at| named.contains(&at) || image.contains(at));
    let name = |at: u16| symbols.get(&at).cloned().unwrap_or_else(|| number(at));

    let mut rows: Vec<(usize, usize, String)> = Vec::new();
    let mut at = *image.addresses().start();
    while image.addresses().contains(&at) {
        let piece = code.starts.contains(&at).then(|| D::decode(image, at as u16, &name)).flatten();
        match piece {
            Some(piece) => {
                for (length, line) in piece.lines {
                    rows.push((at, length, line));
                    at += length;
                }
            }
            None => {
                let free = |&next: &usize| {
                    image.addresses().contains(&next)
                        && !code.starts.contains(&next)
                        && (next == at
                            || !(symbols.contains_key(&(next as u16)) || next.is_multiple_of(D::SLOT)))
                };
                let end = (at..).find(|next| !free(next)).unwrap_or(at + 1);
                let bytes = &image.from(at as u16)[..end - at];
                let (length, line) = data(bytes, !options.flow && D::UNIT == 2 && at.is_multiple_of(2));
                rows.push((at, length, line));
                at += length;
            }
        }
    }
    Listing { text: print::<D>(image, &rows, &symbols), symbols }
}

/// Names for addresses: those given, where they may be useful and no other address has them; else made ones.
fn label(
    wanted: &BTreeSet<u16>,
    given: &BTreeMap<u16, String>,
    useful: impl Fn(u16) -> bool,
) -> BTreeMap<u16, String> {
    let mut taken = BTreeSet::new();
    let mut symbols = BTreeMap::new();
    for (&at, name) in given.iter().filter(|&(&at, _)| useful(at)) {
        if is_label(name) && taken.insert(name.to_uppercase()) {
            symbols.insert(at, name.clone());
        }
    }
    for &at in wanted {
        let mut name = format!("L{at:04X}");
        while taken.contains(&name) {
            name.push('_');
        }
        symbols.entry(at).or_insert(name);
    }
    symbols
}

/// Whether both assemblers take a name as label, and nothing else: registers have names, too.
fn is_label(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let digits = name.strip_prefix(['R', 'r']).unwrap_or_default();
    let register = digits.parse::<u8>().is_ok_and(|number| number < 16);
    plain && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !register
}

fn print<D: Decoder>(
    image: &Image,
    rows: &[(usize, usize, String)],
    symbols: &BTreeMap<u16, String>,
) -> String {
    let mut text = D::origin(image.base);
    let starts: BTreeSet<usize> = rows.iter().map(|row| row.0).collect();
    // Names of places inside instructions, or outside of the image.
    for (&at, name) in symbols.iter().filter(|(at, _)| !starts.contains(&usize::from(**at))) {
        let _ = writeln!(text, "{name:<7} EQU  >{at:04X}");
    }
    for (at, length, line) in rows {
        if at.is_multiple_of(D::SLOT) && *at != usize::from(image.base) {
            text.push_str(&D::origin(*at as u16));
        }
        let label = symbols.get(&(*at as u16)).map_or("", String::as_str);
        // A name too long for its column stands in a line of its own.
        let label = if label.len() > 7 {
            let _ = writeln!(text, "{label}");
            ""
        } else {
            label
        };
        let _ = write!(text, "{label:<8}{line:<40}  ; {at:04X}");
        for byte in image.from(*at as u16).iter().take((*length).min(8)) {
            let _ = write!(text, " {byte:02X}");
        }
        text.push('\n');
    }
    text
}

/// Text shorter than this is shown as numbers.
const SHORTEST_TEXT: usize = 4;
/// Characters of a TEXT line.
const LONGEST_TEXT: usize = 24;

/// A text in quotes, if all its characters can stand there.
pub fn quoted(bytes: &[u8]) -> Option<String> {
    let plain = bytes.iter().all(|b| (0x20..0x7F).contains(b));
    plain.then(|| {
        let text: String = bytes.iter().map(|&b| char::from(b)).collect();
        format!("'{}'", text.replace('\'', "''"))
    })
}

/// The first line for bytes that are no code.
fn data(bytes: &[u8], word: bool) -> (usize, String) {
    if word && bytes.len() >= 2 {
        return (2, format!("DATA >{:02X}{:02X}", bytes[0], bytes[1]));
    }
    let texts = |from: usize| bytes[from..].iter().take_while(|b| (0x20..0x7F).contains(*b)).count();
    let text = texts(0).min(LONGEST_TEXT);
    if text >= SHORTEST_TEXT
        && let Some(quoted) = quoted(&bytes[..text])
    {
        return (text, format!("TEXT {quoted}"));
    }
    let most = bytes.len().min(8);
    let length = (1..most).find(|&i| texts(i) >= SHORTEST_TEXT).unwrap_or(most);
    let list: Vec<String> = bytes[..length].iter().map(|b| format!(">{b:02X}")).collect();
    (length, format!("BYTE {}", list.join(",")))
}
