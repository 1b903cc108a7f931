//! YAML text becomes located nodes, and problems become diagnostics with a place.
//!
//! This room knows YAML, byte offsets and how to draw a caret, by which rules files are read, and which addresses are
//! this machine's. It alone names the YAML crate. It must not know any file's vocabulary: which keys a scenario or a project file has is the business of `scenario` and `config`.
//!
//! ```text
//! text ─ yaml ─▶ Node (every scalar with its Place) ─ fields ─▶ a reader's model, or Diagnostics
//! ```

mod data;
mod diagnostic;
mod fields;
mod loopback;
mod node;
mod place;
mod read;
mod render;
mod suggest;
mod syntax;
mod template;
mod traps;
mod whole;
mod yaml;

pub use data::Data;
pub use diagnostic::{Diagnostic, Problems, Remark};
pub use fields::{Fields, duration, flag, is_name, number_within, one_of, spelled_duration, text, texts, whole_number};
pub use loopback::is_loopback;
pub use node::{Entry, Node, Value};
pub use place::{Located, Place, SourceFile, Sources};
pub use read::{LARGEST_FILE, read_file};
pub use render::{Style, render};
pub use suggest::did_you_mean;
pub use template::{Piece, Scope, Template, is_template};
pub use whole::{Access, Unread, open_to_others, read_whole};
pub use yaml::{parse, parse_into};
