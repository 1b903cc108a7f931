//! `tacktest`: a declarative conformance harness for the Thumbtack Partner API.

pub mod source;
