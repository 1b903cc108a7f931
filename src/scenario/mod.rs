//! The language: a scenario file as it is written.
//!
//! Files are found, their fragments read and their matrix rows written out; then readers fill the model and collect all
//! problems of the file. Whether names exist when they are used, and whether a scenario may run, is for `plan`.

mod expand;
mod faults_file;
mod files;
mod fragments;
mod keys;
mod keys_fault;
mod model;
mod names;
mod parts;
mod read;
mod read_actions;
mod read_expect;
mod read_fault;
mod read_mock;
mod read_step;
mod read_webhooks;
mod schema;
mod webhook_keys;
mod webhooks;
mod words;

pub use crate::mock::control::Answer;
pub use faults_file::{Listed, fault, read_fault_list, read_faults};
pub use files::{Found, NoTest, ScenarioFile, find_scenarios, scenario_file};
pub use fragments::FragmentFiles;
pub use model::{
    Action, Authorize, Basic, Bearer, Body, Expect, Expectation, Given, MockAction, Origin, Pairs, Request, Save,
    Scenario, Status, Step, Token, TokenUse, Until,
};
pub use names::Moment;
pub use parts::{Parameter, Parameters};
pub use read::{Reading, Rows, read_scenario};
pub use schema::{faults_schema, schema};
pub use webhooks::{Emit, Receive, Reply};
pub use words::{Grant, Method};
