//! Every placeholder must stand for something when it is needed.

use crate::config::{MOCK_CLIENTS, MOCK_FIXTURES, MOCK_USERS, Project, TargetDefinition, UrlName};
use crate::scenario::{Action, Body, Given, MockAction, Moment, Parameter, Scenario, Step};
use crate::source::{Data, Diagnostic, Located, Place, Problems, did_you_mean};

use super::certifies::check_certified;
use super::weights::Weights;

/// The generated values.
const GENERATED: &[&str] = &["gen.uuid", "gen.state", "gen.now"];

/// What a client has.
const CLIENT_WORDS: &[&str] = &["id", "secret", "redirect_uri"];

/// What a client has that is over.
const SPENT: &str = "spent.access_token";

/// What the receiver of webhooks has.
const RECEIVER_WORDS: &[&str] = &["url"];

/// What opens a site.
const GATE_WORDS: &[&str] = &["user", "password"];

/// Checks the names that `scenario` uses; unknown ones, and ones used before they have a value, are problems.
///
/// Unless all steps are known (`complete`), nothing can be told of saved names.
pub(super) fn check_names(scenario: &Scenario, complete: bool, project: &Project, problems: &mut Problems) {
    let client = scenario.client.is_some();
    let mut checker = Checker {
        project,
        client,
        complete,
        known: Vec::new(),
        weights: Weights::default(),
        later: Vec::new(),
        problems,
    };
    checker.words(scenario);
    check_certified(&scenario.certifies, project, checker.problems);
    checker.later = scenario.steps.iter().flat_map(|step| &step.save).map(|save| save.name.value.to_string()).collect();
    for (name, data) in &scenario.vars {
        checker.data(data);
        checker.weights.variable(name, data, checker.problems);
        checker.known.push(name.value.clone());
    }
    if let Some(token) = &scenario.token {
        let used = [&token.scope, &token.audience];
        for (name, place) in used.into_iter().flatten().flat_map(crate::source::Template::names) {
            checker.name(name, place, &[]);
            checker.refuse_gate(name, place);
        }
    }
    let vars = checker.known.len();
    for step in &scenario.steps {
        checker.step(step, vars);
    }
    for step in &scenario.finally {
        checker.step(step, vars);
    }
}

struct Checker<'a> {
    project: &'a Project,
    client: bool,
    /// Whether all steps are known.
    complete: bool,
    /// Plain names that have a value by now: `vars`, then saved ones.
    known: Vec<String>,
    /// How much each of them that this scenario makes itself can hold.
    weights: Weights,
    /// Plain names that some step saves.
    later: Vec<String>,
    problems: &'a mut Problems,
}

impl Checker<'_> {
    /// The names that the scenario's head uses: targets, client, users.
    fn words(&mut self, scenario: &Scenario) {
        let targets: Vec<&str> = self.project.targets.iter().map(|target| target.name.as_str()).collect();
        for wanted in &scenario.targets {
            self.word(wanted, "target", &targets);
        }
        let of_targets =
            |pick: fn(&TargetDefinition) -> Vec<&str>| self.project.targets.iter().flat_map(pick).collect::<Vec<_>>();
        let mut clients = of_targets(|target| target.clients.keys().map(String::as_str).collect());
        clients.extend(MOCK_CLIENTS);
        let mut users = of_targets(|target| target.users.iter().map(|user| user.name.as_str()).collect());
        users.extend(MOCK_USERS);
        if let Some(client) = &scenario.client {
            self.word(client, "client", &clients);
        }
        if let Some(user) = scenario.token.as_ref().and_then(|token| token.user.as_ref()) {
            self.word(user, "user", &users);
        }
        let steps = scenario.steps.iter().chain(&scenario.finally);
        for step in steps {
            match &step.action {
                Action::Authorize(authorize) => {
                    self.needs_client(step.place, "`authorize`");
                    if let Some(user) = &authorize.user {
                        self.word(user, "user", &users);
                    }
                }
                Action::Token(_) => self.needs_client(step.place, "`token`"),
                Action::Mock(order) => {
                    if let MockAction::Given(Given::RememberedConsent { .. }) = &**order {
                        self.needs_client(step.place, "`remembered_consent`");
                    }
                    if let MockAction::Given(Given::NotAPro(user) | Given::RememberedConsent { user, .. }) = &**order {
                        self.word(user, "user", MOCK_USERS);
                    }
                    if let MockAction::Emit(emit) = &**order
                        && let Some(user) = &emit.user
                    {
                        self.word(user, "user", MOCK_USERS);
                    }
                }
                _ => {}
            }
        }
        if let Some(token) = &scenario.token {
            self.needs_client(token.place, "`token`");
        }
    }

    fn word(&mut self, word: &Located<String>, what: &str, known: &[&str]) {
        if !known.contains(&word.value.as_str()) {
            let mut all = known.to_vec();
            all.sort_unstable();
            all.dedup();
            self.problems.push(
                Diagnostic::error("unknown-name", format!("there is no {what} `{}`", word.value), word.place)
                    .label(format!("unknown {what}"))
                    .suggest(did_you_mean(&word.value, known.iter().copied()))
                    .help(format!("known: {}", all.join(", "))),
            );
        }
    }

    fn needs_client(&mut self, place: Place, what: &str) {
        if !self.client {
            self.problems.push(
                Diagnostic::error(
                    "missing-key",
                    format!("{what} acts for a client, and the scenario names none"),
                    place,
                )
                .help(format!("write `client:` at the top of the file, such as `client: {}`", MOCK_CLIENTS[0])),
            );
        }
    }

    fn data(&mut self, data: &Data) {
        let mut used = Vec::new();
        data.visit_names(&mut |name, place| used.push((name.to_owned(), place)));
        for (name, place) in used {
            self.name(&name, place, &[]);
        }
    }

    fn step(&mut self, step: &Step, vars: usize) {
        self.weights.step(step, self.problems);
        let sent = sent_names(step);
        let mut used = Vec::new();
        step.visit_names(&mut |name, place, moment| used.push((name.to_owned(), place, moment)));
        let goes_elsewhere = matches!(step.action, Action::Token(_) | Action::Authorize(_) | Action::Mock(_));
        for (name, place, moment) in used {
            if goes_elsewhere && moment == Moment::Acting {
                self.refuse_gate(&name, place);
            }
            self.name(&name, place, if moment == Moment::Judging { &sent } else { &[] });
        }
        for save in &step.save {
            let name = save.name.value.to_string();
            if self.known[..vars].contains(&name) {
                self.problems.push(
                    Diagnostic::error("duplicate-name", format!("`{name}` is one of `vars` already"), save.name.place)
                        .help("save it under another name"),
                );
            }
            self.known.push(name);
        }
    }

    fn name(&mut self, name: &str, place: Place, sent: &[String]) {
        let known = match name.split_once('.') {
            None => !self.complete || self.known.iter().any(|known| known == name),
            // The rows were asked while the file was read.
            Some(("matrix", _)) => true,
            Some(("target", word)) => is_of_target(word),
            Some(("other", rest)) => match rest.split_once('.') {
                Some(("target", word)) => is_of_target(word),
                Some(("client", word)) => self.client && CLIENT_WORDS.contains(&word),
                _ => false,
            },
            Some(("targets", _)) => self.project.definitions().contains_key(name),
            Some(("client", word)) => self.client && CLIENT_WORDS.contains(&word),
            Some(("spent", _)) => self.client && name == SPENT,
            Some(("receiver", word)) => RECEIVER_WORDS.contains(&word),
            Some(("gate", word)) => GATE_WORDS.contains(&word),
            Some(("fixture", fixture)) => self.fixtures().any(|known| known == fixture),
            Some(("sent", word)) => sent.iter().any(|known| known == word),
            Some(_) => GENERATED.contains(&name),
        };
        if known {
            return;
        }
        let problem = Diagnostic::error("unknown-name", format!("`{name}` has no value here"), place).label("unknown");
        self.problems.push(self.explain(problem, name, sent));
    }

    /// What opens the site's pages is sent to them only.
    fn refuse_gate(&mut self, name: &str, place: Place) {
        if name.starts_with("gate.") {
            self.problems.push(
                Diagnostic::error("misplaced-name", format!("`{name}` has no place here"), place)
                    .label("opens the pages of the site, and nothing else")
                    .help("send it with a request to an address below `${target.site}`, as `basic`"),
            );
        }
    }

    /// Whether `TARGET.WORD` is defined by what the environment has.
    fn is_reference(&self, rest: &str) -> bool {
        let Some((target, word)) = rest.split_once('.') else { return false };
        let Some(definition) = self.project.target(target) else { return false };
        let url = UrlName::WORDS.iter().find(|(known, _)| *known == word).and_then(|(_, url)| definition.urls.get(url));
        let audience = definition.audience.as_ref().filter(|_| word == "audience");
        url.or(audience).is_some_and(|template| template.as_literal().is_none())
    }

    fn fixtures(&self) -> impl Iterator<Item = &str> {
        let own = self.project.targets.iter().flat_map(|target| target.fixtures.keys().map(String::as_str));
        MOCK_FIXTURES.iter().copied().chain(own)
    }

    fn explain(&self, problem: Diagnostic, name: &str, sent: &[String]) -> Diagnostic {
        if self.later.iter().any(|later| later == name) {
            return problem.help("the value is saved by a later step: it can be used only after that");
        }
        match name.split_once('.') {
            Some(("env", _)) => {
                return problem.help("a scenario names no variables of the environment: secrets come through a target's `clients` in tacktest.yaml");
            }
            Some(("targets", rest)) if self.is_reference(rest) => {
                return problem
                    .help("it is a variable of the environment there: what `targets.` names is written in full");
            }
            Some(("client" | "spent", _)) if !self.client => return problem.help("the scenario names no `client`"),
            Some(("other", rest)) if !self.client && rest.starts_with("client.") => {
                return problem.help("the scenario names no `client`");
            }
            Some(("sent", _)) if sent.is_empty() => {
                return problem
                    .help("`sent.` is this step's own request: it is known in `expect`, after the request is made");
            }
            _ => {}
        }
        let mut all: Vec<String> = self.known.clone();
        all.extend(GENERATED.iter().map(|name| (*name).to_owned()));
        for space in ["", "other."] {
            all.extend(UrlName::WORDS.iter().map(|(word, _)| format!("{space}target.{word}")));
            all.push(format!("{space}target.audience"));
            all.extend(CLIENT_WORDS.iter().map(|word| format!("{space}client.{word}")));
        }
        all.push(SPENT.to_owned());
        all.extend(RECEIVER_WORDS.iter().map(|word| format!("receiver.{word}")));
        all.extend(GATE_WORDS.iter().map(|word| format!("gate.{word}")));
        all.extend(self.fixtures().map(|fixture| format!("fixture.{fixture}")));
        all.extend(self.project.definitions().into_keys());
        all.extend(sent.iter().map(|word| format!("sent.{word}")));
        let suggestion = did_you_mean(name, all.iter().map(String::as_str)).map(str::to_owned);
        let problem = problem.suggest(suggestion.as_deref());
        if name.contains('.') {
            return problem;
        }
        // File 0 is the scenario's own.
        if problem.place.file != 0 {
            return problem.help(format!("a fragment is given values by `with: {{ {name}: … }}` where it is used"));
        }
        if self.known.is_empty() {
            return problem.help("a name gets its value by `vars`, or by `save` of an earlier step");
        }
        problem.help(format!("known here: {}", self.known.join(", ")))
    }
}

/// Whether `target.WORD` is a name.
fn is_of_target(word: &str) -> bool {
    word == "audience" || UrlName::WORDS.iter().any(|(known, _)| *known == word)
}

/// The words that may follow `sent.` in what a step expects.
fn sent_names(step: &Step) -> Vec<String> {
    let mut names: Vec<String> = vec!["url".to_owned(), "method".to_owned()];
    match &step.action {
        Action::Request(request) => {
            names.extend(request.query.names().into_iter().map(str::to_owned));
            match &request.body {
                Body::Form(form) => names.extend(form.names().into_iter().map(str::to_owned)),
                Body::Json(Data::Mapping(members)) => names.extend(members.iter().map(|(name, _)| name.to_string())),
                Body::Json(Data::Literal(serde_json::Value::Object(members))) => names.extend(members.keys().cloned()),
                _ => {}
            }
        }
        Action::Token(token) => {
            let extra = ["grant_type", "scope", "audience", "code", "refresh_token", "redirect_uri", "code_verifier"];
            names.extend(extra.iter().filter(|name| !left_out(&token.parameters, name)).map(|name| (*name).to_owned()));
        }
        Action::Authorize(authorize) => {
            let extra = ["client_id", "scope", "state", "audience", "redirect_uri", "response_type", "nonce", "prompt"];
            names.extend(
                extra.iter().filter(|name| !left_out(&authorize.parameters, name)).map(|name| (*name).to_owned()),
            );
            if authorize.pkce {
                names.extend(["code_verifier", "code_challenge"].map(str::to_owned));
            }
        }
        Action::Compare(_) | Action::Receive(_) | Action::Reply(_) | Action::Mock(_) | Action::Wait(_) => names.clear(),
    }
    names
}

fn left_out(parameters: &[(&str, Parameter)], name: &str) -> bool {
    parameters.iter().any(|(written, parameter)| *written == name && *parameter == Parameter::LeftOut)
}

#[cfg(test)]
mod tests {
    use crate::config::PROJECT_FILE;

    use super::super::testing::scenario;
    use super::*;

    #[test]
    fn what_a_target_is_named_by_is_known_where_it_is_written_in_full() {
        let folder = tempfile::tempdir().unwrap();
        let targets = "targets:\n  \
            local: { kind: staging, api: http://127.0.0.1:9/, token_url: \"${env.A}\", audience: \"${env.A}\" }\n  \
            bare: { kind: staging, api: \"http://127.0.0.1:${env.A}/\" }\n";
        std::fs::write(folder.path().join(PROJECT_FILE), targets).unwrap();
        let project = Project::read(folder.path()).unwrap();
        let help = |name: &str| {
            let text = format!("title: a\nsteps: [{{ compare: \"${{{name}}}\", expect: none }}]");
            let mut problems = Problems::default();
            check_names(&scenario(&text), true, &project, &mut problems);
            problems.into_sorted().pop().map(|problem| format!("{problem:?}"))
        };
        for known in ["targets.local.api", "targets.staging.audience", "targets.production.site"] {
            assert_eq!(help(known), None, "{known}");
        }
        for name in ["targets.local.token_url", "targets.local.audience", "targets.bare.api"] {
            assert!(help(name).is_some_and(|told| told.contains("a variable of the environment there")), "{name}");
        }
        for name in ["targets.bare.audience", "targets.staging.jwks_url", "targets.mock.api", "targets.gone.api"] {
            let told = help(name).unwrap();
            assert!(told.contains("has no value here") && !told.contains("environment"), "{told}");
        }
    }
}
