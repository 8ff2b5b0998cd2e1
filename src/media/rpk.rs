// SPDX-License-Identifier: MIT OR Apache-2.0
//! RPK: MAME's cartridge package, a zip of image files with a layout.xml that says which chip they are in.
//!
//! ```xml
//! <romset version="1.0">
//!   <resources>
//!     <rom id="romimage" file="gamec.bin" crc="0123abcd"/>
//!     <ram id="ramimage" length="4k" type="persistent"/>
//!   </resources>
//!   <configuration>
//!     <pcb type="minimem">
//!       <socket id="rom_socket" uses="romimage"/>
//!       <socket id="ram_socket" uses="ramimage"/>
//!     </pcb>
//!   </configuration>
//! </romset>
//! ```
//!
//! Covered: all board types of [`Banking::from_pcb`], all sockets, RAM. `sha1` is not checked.
//! Sources: MAME 0.251 `bus/ti99/gromport/cartridges.cpp` (RPK loader), `emu/rpk`; ninerpedia "RPK format".

use super::archive::{self, Member};
use super::cartridge::{BANK, Banking, Cartridge, GROM_SLOT, Ram};
use super::error::{MediaError, printable};
use roxmltree::{Document, Node, ParsingOptions};

/// Far more than any cartridge but a gigacart, for which RPK has no board type.
const MAX_UNPACKED: u64 = 16 << 20;
/// A layout.xml has about one kilobyte.
const MAX_LAYOUT: usize = 64 << 10;
const MAX_NODES: u32 = 4096;
/// The largest RAM of a board type is the SuperSpace's 32K.
const MAX_RAM: usize = 64 << 10;
const MAX_GROM: usize = 5 * GROM_SLOT;

/// The cartridge in an RPK, or `None` if the archive has no layout.xml.
pub(super) fn load(file: &str, bytes: &[u8]) -> Result<Option<Cartridge>, MediaError> {
    let is_layout = |name: &str| base_name(name).eq_ignore_ascii_case("layout.xml");
    // Looked for on its own, so that other archives are told apart before their limits matter.
    let layout = archive::unpack(file, bytes, MAX_UNPACKED, |name, _| is_layout(name))?;
    let Some(layout) = layout.first() else { return Ok(None) };
    let members = archive::unpack(file, bytes, MAX_UNPACKED, |_, _| true)?;
    let package = Package { file, members };
    if layout.bytes.len() > MAX_LAYOUT {
        return Err(
            package.layout_error((1, 1), format!("{} bytes, more than {MAX_LAYOUT}", layout.bytes.len()))
        );
    }
    let text = String::from_utf8_lossy(&layout.bytes);
    let document = package.parse(&text)?;
    let mut cartridge = package.cartridge(&document)?;
    // Attributes can hold anything; notes and the title are shown to the user.
    cartridge.notes.iter_mut().chain([&mut cartridge.name]).for_each(|text| *text = printable(text));
    Ok(Some(cartridge))
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// An RPK while it is read.
struct Package<'a> {
    file: &'a str,
    members: Vec<Member>,
}

/// What sits in a socket.
enum Resource {
    Rom(Vec<u8>),
    Ram { len: usize, battery: bool },
}

impl Package<'_> {
    fn layout_error(&self, (line, column): (u32, u32), what: String) -> MediaError {
        MediaError::Layout { file: self.file.to_owned(), line, column, what: printable(&what) }
    }

    fn fault(&self, node: Node<'_, '_>, what: String) -> MediaError {
        let at = node.document().text_pos_at(node.range().start);
        self.layout_error((at.row, at.col), what)
    }

    fn parse<'t>(&self, text: &'t str) -> Result<Document<'t>, MediaError> {
        // Some packages carry a DOCTYPE; the parser bounds what entities in one may expand to.
        let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        Document::parse_with_options(text, options).map_err(|e| {
            let at = e.pos();
            self.layout_error((at.row, at.col), format!("not well-formed XML: {e}"))
        })
    }

    fn cartridge(&self, document: &Document<'_>) -> Result<Cartridge, MediaError> {
        let root = document.root_element();
        let Some(pcb) = root.descendants().find(|node| node.has_tag_name("pcb")) else {
            return Err(self.fault(root, "no <pcb>: it names the board's type and sockets".to_owned()));
        };
        let kind = self.attribute(pcb, "type")?;
        let Some(banking) = Banking::from_pcb(kind) else {
            let known: Vec<_> = Banking::pcb_names().collect();
            let what = format!("unknown board type \"{kind}\": the known ones are {}", known.join(", "));
            return Err(self.fault(pcb, what));
        };
        let mut cartridge = Cartridge::empty(&self.title(), banking);
        let mut second = None;
        for socket in pcb.children().filter(|node| node.has_tag_name("socket")) {
            let id = self.attribute(socket, "id")?;
            let resource = self.resource(root, socket, &mut cartridge.notes)?;
            match (id, resource) {
                ("rom_socket", Resource::Rom(bytes)) => cartridge.rom = bytes,
                ("rom2_socket", Resource::Rom(bytes)) => second = Some(bytes),
                ("grom_socket", Resource::Rom(bytes)) => {
                    self.bounded(socket, "a cartridge's GROM space", bytes.len(), MAX_GROM as u64)?;
                    cartridge.insert_groms(3, &bytes);
                }
                ("ram_socket", Resource::Ram { len, battery }) => {
                    cartridge.ram = Some(Ram { initial: vec![0; len], battery });
                }
                ("rom_socket" | "rom2_socket" | "grom_socket", Resource::Ram { .. }) => {
                    return Err(self.fault(socket, format!("{id} takes a <rom>, not a <ram>")));
                }
                ("ram_socket", Resource::Rom(_)) => {
                    return Err(self.fault(socket, "ram_socket takes a <ram>, not a <rom>".to_owned()));
                }
                _ => cartridge
                    .notes
                    .push(format!("{}: layout.xml: socket \"{id}\" is not known, left empty", self.file)),
            }
        }
        if let Some(second) = second {
            // The second chip starts a bank of its own, wherever the first one ends.
            cartridge.rom.resize(cartridge.rom.len().max(BANK), 0);
            cartridge.rom.truncate(BANK);
            cartridge.rom.extend(second);
        }
        self.complete(pcb, &mut cartridge)?;
        Ok(cartridge)
    }

    /// Checks that the board has what its type needs.
    fn complete(&self, pcb: Node<'_, '_>, cartridge: &mut Cartridge) -> Result<(), MediaError> {
        let needs_ram = match cartridge.banking {
            Banking::MiniMemory => 0x1000,
            Banking::SuperSpace => 4 * BANK,
            Banking::Mbx => 0x400,
            _ => 0,
        };
        match &mut cartridge.ram {
            Some(ram) if needs_ram > 0 => ram.initial.resize(needs_ram, 0),
            Some(ram) if cartridge.banking == Banking::GromEmulator => ram.initial.resize(0x1000, 0),
            Some(_) => {
                cartridge
                    .notes
                    .push(format!("{}: layout.xml: this board type has no RAM, left out", self.file));
                cartridge.ram = None;
            }
            None if needs_ram > 0 => {
                cartridge.ram = Some(Ram { initial: vec![0; needs_ram], battery: false })
            }
            None => {}
        }
        let grom = cartridge.groms.iter().any(Option::is_some);
        if cartridge.rom.is_empty() && !grom && cartridge.ram.is_none() {
            return Err(self.fault(
                pcb,
                "all sockets are empty: <socket id=\"...\" uses=\"...\"/> fills one".to_owned(),
            ));
        }
        // The sockets of a Mini Memory and of a standard board take 8K dumps of chips that are smaller, too.
        let limit = cartridge.banking.max_rom().max(BANK as u64);
        self.bounded(pcb, "this board type", cartridge.rom.len(), limit)
    }

    fn bounded(&self, node: Node<'_, '_>, what: &str, len: usize, limit: u64) -> Result<(), MediaError> {
        if len as u64 <= limit {
            return Ok(());
        }
        Err(self.fault(
            node,
            format!("{len} bytes, but {what} holds at most {limit}: use another board type or image"),
        ))
    }

    /// The resource that a socket uses.
    fn resource(
        &self,
        root: Node<'_, '_>,
        socket: Node<'_, '_>,
        notes: &mut Vec<String>,
    ) -> Result<Resource, MediaError> {
        let uses = self.attribute(socket, "uses")?;
        let found = root.descendants().find(|node| {
            (node.has_tag_name("rom") || node.has_tag_name("ram")) && node.attribute("id") == Some(uses)
        });
        let Some(node) = found else {
            return Err(
                self.fault(socket, format!("no <rom> or <ram> has the id \"{uses}\" that this socket uses"))
            );
        };
        if node.has_tag_name("ram") { self.ram(node) } else { self.rom(node, notes) }
    }

    fn ram(&self, node: Node<'_, '_>) -> Result<Resource, MediaError> {
        let length = self.attribute(node, "length")?;
        let digits = length.trim_end_matches(['k', 'K', 'm', 'M']);
        let unit = match &length[digits.len()..] {
            "" => Some(1),
            "k" | "K" => Some(1 << 10),
            "m" | "M" => Some(1 << 20),
            _ => None,
        };
        let len = digits.parse::<usize>().ok().zip(unit).and_then(|(count, unit)| count.checked_mul(unit));
        match len {
            Some(len @ 1..=MAX_RAM) => {
                Ok(Resource::Ram { len, battery: node.attribute("type") == Some("persistent") })
            }
            Some(len) => Err(self.fault(node, format!("a RAM of {len} bytes: boards have 1 to {MAX_RAM}"))),
            None => {
                Err(self.fault(node, format!("length \"{length}\" is not a size such as 1024, 4k or 32k")))
            }
        }
    }

    fn rom(&self, node: Node<'_, '_>, notes: &mut Vec<String>) -> Result<Resource, MediaError> {
        let name = self.attribute(node, "file")?;
        let member = self.members.iter().find(|member| member.name == name).or_else(|| {
            // Packages made on systems that do not tell case apart, or with a folder inside.
            self.members.iter().find(|member| base_name(&member.name).eq_ignore_ascii_case(base_name(name)))
        });
        let Some(member) = member else {
            return Err(self.fault(node, format!("the archive has no file \"{name}\"")));
        };
        if member.bytes.is_empty() {
            return Err(self.fault(node, format!("the file \"{name}\" is empty")));
        }
        let actual = crc32fast::hash(&member.bytes);
        let stated = node.attribute("crc").map(|crc| u32::from_str_radix(crc.trim_start_matches("0x"), 16));
        if let Some(stated) = stated
            && stated != Ok(actual)
        {
            let crc = node.attribute("crc").unwrap_or_default();
            notes.push(format!(
                "{}: {name} has CRC32 {actual:08x}, layout.xml says {crc}: a changed image",
                self.file
            ));
        }
        Ok(Resource::Rom(member.bytes.clone()))
    }

    fn attribute<'n>(&self, node: Node<'n, '_>, name: &str) -> Result<&'n str, MediaError> {
        let tag = node.tag_name().name();
        node.attribute(name)
            .ok_or_else(|| self.fault(node, format!("<{tag}> lacks the attribute \"{name}\"")))
    }

    /// The title in meta-inf.xml, or else the file's name without folder and extension.
    fn title(&self) -> String {
        let meta = self.members.iter().find(|m| base_name(&m.name).eq_ignore_ascii_case("meta-inf.xml"));
        let text = meta.filter(|m| m.bytes.len() <= MAX_LAYOUT).map(|m| String::from_utf8_lossy(&m.bytes));
        let document = text.as_deref().and_then(|text| self.parse(text).ok());
        let named = document.as_ref().and_then(|document| {
            let name = document.descendants().find(|node| node.has_tag_name("name"))?.text()?.trim();
            (!name.is_empty() && name.len() <= 64).then(|| name.to_owned())
        });
        let file = base_name(self.file);
        named.unwrap_or_else(|| file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned())
    }
}
