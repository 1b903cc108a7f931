//! `tacktest schema`.

use super::arguments::{SchemaArguments, SchemaOf};
use super::exit::{Exit, print};

/// Prints a JSON Schema.
pub(super) fn schema(arguments: &SchemaArguments) -> Exit {
    let schema = match arguments.of {
        SchemaOf::Scenario => crate::scenario::schema(),
        SchemaOf::Profile => crate::mock::Profile::schema(&crate::scenario::faults_schema()),
        SchemaOf::Faults => crate::scenario::faults_schema(),
    };
    print(&format!("{schema:#}\n"))
}
