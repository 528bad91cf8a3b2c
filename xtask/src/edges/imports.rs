//! Which file of a crate imports from which: read from its `use` lines.
//!
//! An import is of the file of the innermost module that its path names, whether it takes the module or something in it.
//! A re-export is an import like any other. `mod child;` is none, and what only tests import does not count. Nor do the
//! imports of the crate's root, which shows to others what the files are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemFn, ItemImpl, ItemMod, ItemUse, Meta, UseTree};

use crate::Result;

/// The files of a crate, by their paths below `src`, each with the files that it imports from.
pub(super) type Imports = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

/// The names that lead from the crate's root to a module.
type ModulePath = Vec<String>;

/// Reads the crate whose sources are in this folder. `None` if it is no crate.
pub(super) fn of_crate(src: &Path) -> Result<Option<Imports>> {
    let roots = ["lib.rs", "main.rs"].map(PathBuf::from);
    let Some(root) = roots.into_iter().find(|root| src.join(root).is_file()) else {
        return Ok(None);
    };
    let mut found = Modules::default();
    found.read(src, &root, ModulePath::new())?;
    let mut imports: Imports =
        found.files.values().map(|file| (file.clone(), BTreeSet::new())).collect();
    for (module, path) in &found.uses {
        let owners = found.files.get(module).zip(found.owner(module, path));
        if let Some((by, of)) = owners
            && by != of
            && *by != root
        {
            imports.entry(by.clone()).or_default().insert(of.clone());
        }
    }
    Ok(Some(imports))
}

/// The modules of a crate, and what they use.
#[derive(Default)]
struct Modules {
    /// The file that holds a module.
    files: BTreeMap<ModulePath, PathBuf>,
    /// A module, and a path that it uses.
    uses: Vec<(ModulePath, Vec<String>)>,
}

impl Modules {
    /// Reads the file of this module, and those of the modules that it declares.
    fn read(&mut self, src: &Path, file: &Path, module: ModulePath) -> Result<()> {
        let text = fs::read_to_string(src.join(file))?;
        let parsed = syn::parse_file(&text).map_err(|why| format!("{}: {why}", file.display()))?;
        let mut reader =
            Reader { module, uses: Vec::new(), inner: Vec::new(), declared: Vec::new() };
        self.files.insert(reader.module.clone(), file.to_owned());
        reader.visit_file(&parsed);
        let Reader { uses, inner, declared, .. } = reader;
        self.uses.extend(uses);
        self.files.extend(inner.into_iter().map(|module| (module, file.to_owned())));
        for module in declared {
            let below: PathBuf = module.iter().collect();
            let plain = below.with_extension("rs");
            let file = if src.join(&plain).is_file() { plain } else { below.join("mod.rs") };
            self.read(src, &file, module)?;
        }
        Ok(())
    }

    /// The file of the innermost module that a path names, if it is one of this crate's.
    fn owner(&self, module: &[String], path: &[String]) -> Option<&PathBuf> {
        let mut at = module.to_vec();
        let mut rest = path;
        match path {
            [first, after @ ..] if first == "crate" => (at, rest) = (ModulePath::new(), after),
            [first, after @ ..] if first == "self" => rest = after,
            [first, ..] if first == "super" => {
                while let [first, after @ ..] = rest
                    && first == "super"
                {
                    at.pop();
                    rest = after;
                }
            }
            // A path may begin with the name of a child; otherwise it is another crate's.
            [child, ..] if self.files.contains_key(&below(&at, child)) => {}
            _ => return None,
        }
        for name in rest {
            let next = below(&at, name);
            if !self.files.contains_key(&next) {
                break;
            }
            at = next;
        }
        self.files.get(&at)
    }
}

fn below(module: &[String], child: &str) -> ModulePath {
    module.iter().cloned().chain([child.to_owned()]).collect()
}

/// Walks through one file.
struct Reader {
    /// The module that is read now.
    module: ModulePath,
    uses: Vec<(ModulePath, Vec<String>)>,
    /// Modules written out in the file.
    inner: Vec<ModulePath>,
    /// Modules with files of their own.
    declared: Vec<ModulePath>,
}

impl Visit<'_> for Reader {
    fn visit_item(&mut self, item: &Item) {
        if !attributes(item).is_some_and(|attributes| attributes.iter().any(is_for_tests)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        let module = below(&self.module, &item.ident.to_string());
        if item.content.is_none() {
            self.declared.push(module);
            return;
        }
        self.inner.push(module.clone());
        let outer = std::mem::replace(&mut self.module, module);
        visit::visit_item_mod(self, item);
        self.module = outer;
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        flatten(&item.tree, &mut Vec::new(), &mut |path| {
            self.uses.push((self.module.clone(), path.to_vec()));
        });
    }
}

/// Hands on every path that a tree of groups stands for.
fn flatten(tree: &UseTree, before: &mut Vec<String>, found: &mut impl FnMut(&[String])) {
    let depth = before.len();
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, found);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, found);
            }
        }
        UseTree::Name(name) => {
            before.push(name.ident.to_string());
            found(before);
        }
        UseTree::Rename(rename) => {
            before.push(rename.ident.to_string());
            found(before);
        }
        UseTree::Glob(_) => found(before),
    }
    before.truncate(depth);
}

/// The attributes of the items that can hold, or be, imports.
fn attributes(item: &Item) -> Option<&[Attribute]> {
    match item {
        Item::Mod(ItemMod { attrs, .. })
        | Item::Use(ItemUse { attrs, .. })
        | Item::Fn(ItemFn { attrs, .. })
        | Item::Impl(ItemImpl { attrs, .. }) => Some(attrs),
        _ => None,
    }
}

/// `#[cfg(test)]`, alone or with other conditions.
fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let words = list.tokens.to_string();
    let mut words = words.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
    list.path.is_ident("cfg")
        && words.clone().any(|word| word == "test")
        && !words.any(|word| word == "not")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(files: &[(&str, &str)]) -> Modules {
        let mut modules = Modules::default();
        for (module, file) in files {
            let path = module.split("::").filter(|name| !name.is_empty()).map(str::to_owned);
            modules.files.insert(path.collect(), file.into());
        }
        modules
    }

    fn words(path: &str) -> Vec<String> {
        path.split("::").map(str::to_owned).collect()
    }

    fn used(text: &str) -> Vec<String> {
        let file = syn::parse_file(text).unwrap();
        let mut reader = Reader {
            module: vec!["a".into()],
            uses: Vec::new(),
            inner: Vec::new(),
            declared: Vec::new(),
        };
        reader.visit_file(&file);
        reader.uses.into_iter().map(|(module, path)| [module, path].concat().join("::")).collect()
    }

    #[test]
    fn groups_within_groups_are_paths_each() {
        let found = used("use crate::{b::{C, d::{self, E as F}}, g::*};");
        assert_eq!(
            found,
            ["a::crate::b::C", "a::crate::b::d::self", "a::crate::b::d::E", "a::crate::g"]
        );
    }

    #[test]
    fn imports_inside_functions_and_written_out_modules_count() {
        let found = used("fn f() { use super::b::C; } mod inner { use super::D; }");
        assert_eq!(found, ["a::super::b::C", "a::inner::super::D"]);
    }

    #[test]
    fn what_only_tests_import_does_not_count() {
        for test in [
            "#[cfg(test)] mod tests { use super::b::C; }",
            "#[cfg(any(test, feature = \"x\"))] use super::b::C;",
            "#[cfg(all(unix, test))] fn f() { use super::b::C; }",
        ] {
            assert_eq!(used(test), Vec::<String>::new(), "{test}");
        }
        for product in [
            "#[cfg(not(test))] use super::b::C;",
            "#[cfg(unix)] use super::b::C;",
            "#[cfg(feature = \"test-util\")] use super::b::C;",
        ] {
            assert_eq!(used(product).len(), 1, "{product}");
        }
    }

    #[test]
    fn an_import_is_of_the_innermost_modules_file() {
        let modules = modules(&[
            ("", "lib.rs"),
            ("a", "a.rs"),
            ("a::b", "a/b.rs"),
            ("a::b::c", "a/b/c.rs"),
            ("a::b::inner", "a/b.rs"),
        ]);
        let owner = |module: &str, path: &str| {
            modules.owner(&words(module), &words(path)).map(|file| file.to_str().unwrap())
        };
        for (path, file) in [
            ("crate::a::b::Item", Some("a/b.rs")),
            ("crate::a::b", Some("a/b.rs")),
            ("crate::Item", Some("lib.rs")),
            ("crate", Some("lib.rs")),
            ("self::c::Item", Some("a/b/c.rs")),
            ("c::Item", Some("a/b/c.rs")),
            ("self::inner::Item", Some("a/b.rs")),
            ("super::Item", Some("a.rs")),
            ("super::super::Item", Some("lib.rs")),
            ("std::fmt", None),
        ] {
            assert_eq!(owner("a::b", path), file, "{path}");
        }
    }
}
