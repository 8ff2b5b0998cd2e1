// SPDX-License-Identifier: MIT OR Apache-2.0
//! The symbol table: names with one value each, and local labels (`!name`), which may be defined often.

use super::expression::Value;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A symbol of the sources.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) value: Value,
    /// Index of the statement that defines it.
    pub(crate) definer: usize,
    /// Whether an expression asked for it.
    pub(crate) used: Cell<bool>,
}

/// All symbols by their names in capitals.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    table: BTreeMap<String, Symbol>,
    /// Values of local labels by name and statement.
    locals: BTreeMap<String, BTreeMap<usize, Value>>,
    /// Whether a value changed in this pass.
    pub(crate) changed: bool,
}

impl Symbols {
    pub(crate) fn get(&self, name: &str) -> Option<&Symbol> {
        self.table.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Symbol)> {
        self.table.iter()
    }

    /// Gives a symbol its value; `again` lets a second statement give it the value that it has.
    ///
    /// # Errors
    /// The index of the statement that already defines it.
    pub(crate) fn define(
        &mut self,
        name: &str,
        value: Value,
        definer: usize,
        again: bool,
    ) -> Result<(), usize> {
        match self.table.get_mut(name) {
            Some(old) if old.definer != definer && again && old.value == value => {}
            Some(old) if old.definer != definer => return Err(old.definer),
            Some(old) => {
                self.changed |= old.value != value;
                old.value = value;
            }
            None => {
                self.changed = true;
                let symbol = Symbol { value, definer, used: Cell::new(false) };
                self.table.insert(name.to_string(), symbol);
            }
        }
        Ok(())
    }

    /// Gives a symbol another value than it had above: only for symbols that are meant to change.
    pub(crate) fn redefine(&mut self, name: &str, value: Value, definer: usize) {
        let used = self.table.get(name).is_some_and(|old| old.used.get());
        self.table.insert(name.to_string(), Symbol { value, definer, used: Cell::new(used) });
    }

    pub(crate) fn define_local(&mut self, name: &str, value: Value, definer: usize) {
        let places = self.locals.entry(name.to_string()).or_default();
        self.changed |= places.insert(definer, value) != Some(value);
    }

    /// The local label so many places forward (positive) or back (negative) from a statement.
    pub(crate) fn local(&self, name: &str, distance: i32, from: usize) -> Option<Value> {
        let targets = self.locals.get(name)?;
        let nth = usize::try_from(distance.unsigned_abs()).ok()?.checked_sub(1)?;
        if distance > 0 {
            targets.range(from + 1..).nth(nth).map(|(_, &at)| at)
        } else {
            targets.range(..=from).rev().nth(nth).map(|(_, &at)| at)
        }
    }
}
