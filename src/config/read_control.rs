//! Reading the key `control_token` of a target.

use crate::source::{Diagnostic, Node, Problems};

use super::Kind;
use super::read_reference::read_secret;
use super::target::{TargetDefinition, UrlName};

/// Reads `control_token` of `target`. By it a mock may be on another machine, so nothing but a mock has one.
pub(super) fn read_control_token(node: &Node, target: &mut TargetDefinition, problems: &mut Problems) {
    let why = if target.kind != Kind::Mock {
        "it is no mock: only `tacktest mock` is controlled"
    } else if !target.urls.contains_key(&UrlName::Api) {
        "it is the mock of this process: only one that runs on its own, and has an `api`, is controlled with a token"
    } else {
        target.control_token = read_secret(node, "control_token", problems);
        return;
    };
    let title = format!("the target `{}` can't have a `control_token`", target.name);
    problems.push(Diagnostic::error("control-token", title, node.place).help(why));
}
