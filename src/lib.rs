//! `tacktest`: a declarative conformance harness for the Thumbtack Partner API.
