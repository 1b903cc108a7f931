//! Two environments: a mock's own, and two targets of one's own that name each other.

#![expect(clippy::unwrap_used, reason = "a test stops where its surroundings fail")]

mod own;
mod project;
mod wire;

use own::{SECRET, ok, tokens};
use project::{Project, Ran, SEARCH, TACKTEST, finish};
use wire::{Server, json};

/// Two targets, each at its own server.
const TWO: &str = "\
targets:
  own:
    kind: staging
    api: \"http://${env.OWN_HOST}/api/\"
    token_url: \"http://${env.OWN_HOST}/token\"
    site: \"http://${env.OWN_HOST}/\"
    other: real
    clients: { demand: { id: first, secret: \"${env.OWN_SECRET}\" } }
  real:
    kind: production
    api: \"http://${env.REAL_HOST}/api/\"
    token_url: \"http://${env.REAL_HOST}/token\"
    clients: { demand: { id: second, secret: \"${env.REAL_SECRET}\" } }
";

const REAL_SECRET: &str = "fictional secret of production";

fn run(project: &Project, server: &Server, real: &Server) -> Ran {
    let mut command = project.command(TACKTEST);
    command.env("OWN_HOST", server.address.to_string()).env("REAL_HOST", real.address.to_string());
    finish(command.args(["run", "--target", "own"]).env("OWN_SECRET", SECRET).env("REAL_SECRET", REAL_SECRET))
}

fn first_lines(server: &Server) -> Vec<String> {
    let line = |request: String| request.split(" HTTP").next().unwrap_or_default().to_owned();
    server.requests().into_iter().map(line).collect()
}

/// The rest of a scenario on the mock: a token of one environment, and what becomes of it and of the clients in both.
const ON_THE_MOCK: &str = "    expect: { status: 200 }
  - token: { grant: client_credentials, scope: demand::keywords.read }
    expect: { status: 200 }
    save: { access: $.access_token }
  - get: \"${other.target.api}v4/keywords/search\"
    query: { searchQuery: car }
    bearer: \"${access}\"
    expect: { status: 401 }
  - name: the client of the other environment is unknown here
    post: \"${target.token_url}\"
    basic: { user: \"${other.client.id}\", password: \"${other.client.secret}\" }
    form: { grant_type: client_credentials, audience: \"${target.audience}\" }
    expect: { status: 401, body: { error: invalid_client } }
  - name: and known there
    post: \"${other.target.token_url}\"
    basic: { user: \"${other.client.id}\", password: \"${other.client.secret}\" }
    form: { grant_type: client_credentials, audience: \"${other.target.audience}\" }
    expect: { status: 200 }
  - compare: { here: \"${target.api}\", there: \"${other.target.api}\" }
    expect: { value: { WHERE: { $contains: /production/ }, OTHER: { $not: { $contains: /production/ } } } }
";

#[test]
fn a_mock_holds_both_environments() {
    let text = |environment: &str, production: &str, staging: &str| {
        let text = format!("title: The environments of a mock are apart\n{environment}{SEARCH}{ON_THE_MOCK}");
        text.replace("WHERE", production).replace("OTHER", staging)
    };
    let project = Project::new()
        .scenario("unsaid", &text("", "there", "here"))
        .scenario("staging", &text("environment: staging\n", "there", "here"))
        .scenario("production", &text("environment: production\n", "here", "there"));
    project.tacktest(&[]).told(0, &["3 passed"]);
}

#[test]
fn the_secrets_of_both_environments_of_a_mock_are_hidden() {
    let text = "title: T\nclient: demand\nsteps:\n  - compare: [\"${client.secret}\", \"${other.client.secret}\"]\n    \
                expect: { value: 1 }\n";
    let ran = Project::new().scenario("one", text).tacktest(&[]);
    ran.told(1, &["[demand.secret]", "[other.demand.secret]"]);
    assert!(!ran.stdout.contains("mock-demand"), "{}", ran.stdout);
}

#[test]
fn the_environments_of_ones_own_targets_swap() {
    let (server, real) = (Server::answering(tokens), Server::answering(tokens));
    let text = |environment: &str| {
        format!(
            "title: T\nenvironment: {environment}\nclient: demand\nsnapshot: none\ntoken: {{ grant: client_credentials }}\n\
             steps:\n  - get: /here\n    expect: none\n  - get: \"${{other.target.api}}there\"\n    expect: none\n"
        )
    };
    let project = Project::with_targets(TWO)
        .scenario("a_staging", &text("staging"))
        .scenario("b_production", &text("production"));
    run(&project, &server, &real).ended(0);
    for server in [&server, &real] {
        let mut lines = first_lines(server);
        lines.sort();
        assert_eq!(lines, ["GET /api/here", "GET /api/there", "POST /token"]);
        // The carried token is for the API of its own environment only.
        let carried = |path: &str| {
            let request = server.requests().into_iter().find(|request| request.contains(path));
            request.is_some_and(|request| request.contains("authorization: Bearer"))
        };
        assert!(carried("/api/here") && !carried("/api/there"), "{:?}", server.requests());
    }
    // Each token URL was asked with the client of its own environment.
    let basic = |server: &Server| {
        let request = server.requests().into_iter().find(|request| request.starts_with("POST /token"));
        request.and_then(|request| request.lines().find(|line| line.starts_with("authorization:")).map(str::to_owned))
    };
    assert!(basic(&server).is_some() && basic(&server) != basic(&real), "{:?}", server.requests());
}

#[test]
fn a_credential_may_go_to_either_environment_and_nowhere_else() {
    let (server, real, stranger) = (Server::answering(ok), Server::answering(ok), Server::answering(ok));
    let text = |url: &str| {
        format!(
            "title: T\nclient: demand\nsnapshot: none\nsteps:\n  - post: \"{url}\"\n    \
             text: \"${{client.secret}} ${{other.client.secret}}\"\n    expect: none\n"
        )
    };
    let project = Project::with_targets(TWO)
        .scenario("here", &text("${target.api}x"))
        .scenario("there", &text("${other.target.api}x"));
    run(&project, &server, &real).ended(0);
    let project = Project::with_targets(TWO).scenario("elsewhere", &text(stranger.url("/x").as_str()));
    run(&project, &server, &real).told(1, &["nothing was sent", "is no address of the target"]);
    assert_eq!((server.requests().len(), real.requests().len(), stranger.requests().len()), (1, 1, 0));
}

#[test]
fn an_answer_that_repeats_the_secret_of_the_other_environment_is_a_finding() {
    let echo = Server::answering(|_| json("200 OK", &serde_json::json!({ "debug": REAL_SECRET }).to_string()));
    let text = "title: T\nclient: demand\nsnapshot: none\nsteps:\n  - get: /x\n    expect: none\n";
    let ran = run(&Project::with_targets(TWO).scenario("one", text), &echo, &echo);
    ran.told(1, &["the answer repeats a client secret"]);
    assert!(!ran.stdout.contains(REAL_SECRET), "{}", ran.stdout);
}

/// The second environment at an address that counts as real, though `server` hears of every connection.
fn real_at(server: &Server) -> String {
    let real =
        TWO.replace("http://${env.REAL_HOST}/", &format!("https://[::ffff:127.0.0.1]:{}/", server.address.port()));
    real.replace(
        "    kind: production\n",
        "    kind: staging\n    pace: { per_second: 4 }\n    network: { timeouts: { connect: 300ms } }\n",
    )
}

#[test]
fn a_second_environment_that_is_real_is_reached_by_what_needs_it() {
    // It takes connections and does not speak TLS.
    let (server, real) = (Server::answering(tokens), Server::answering(tokens));
    let head = "title: T\nclient: demand\nsnapshot: none\n";
    let get = |url: &str| format!("steps:\n  - get: \"{url}\"\n    expect: none\n");
    // A production would hold them back before.
    let project = Project::with_targets(&real_at(&real).replace("kind: production", "kind: staging"))
        .scenario("a_here", &format!("{head}token: {{ grant: client_credentials }}\n{}", get("/x")))
        .scenario("b_there", &format!("{head}{}", get("${other.target.api}x")))
        .scenario("c_production", &format!("{head}environment: production\n{}", get("/x")))
        .scenario("d_written", &format!("{head}needs: [environments]\n{}", get("/x")));
    let ran = run(&project, &server, &real);
    let address = format!("no connection to [::ffff:7f00:1]:{} came about within 300ms", real.address.port());
    ran.told(5, &["2 passed; 2 failed", "inconclusive", &address]);
    let mut lines = first_lines(&server);
    lines.sort();
    assert_eq!((lines, real.connections()), (vec!["GET /api/x".into(), "GET /api/x".into(), "POST /token".into()], 2));
}

#[test]
fn a_real_environments_secret_goes_nowhere_by_any_action() {
    let (server, real) = (Server::answering(tokens), Server::answering(tokens));
    let targets = real_at(&real).replace(
        "    other: real\n",
        "    other: real\n    authorize_url: \"http://${env.OWN_HOST}/auth\"\n    offers: [consent]\n",
    );
    for step in [
        format!("get: /x\n    bearer: {REAL_SECRET}"),
        format!("token: {{ grant: client_credentials, scope: {REAL_SECRET} }}"),
        format!("token: {{ grant: client_credentials, scope: [a, {REAL_SECRET}] }}"),
        format!("token: {{ grant: refresh_token, refresh_token: {REAL_SECRET} }}"),
        format!("authorize: {{ state: {REAL_SECRET} }}"),
        format!("authorize: {{ state: [a, {REAL_SECRET}] }}"),
    ] {
        let text = format!("title: T\nclient: demand\nsnapshot: none\nsteps:\n  - {step}\n    expect: none\n");
        let ran = run(&Project::with_targets(&targets).scenario("one", &text), &server, &real);
        ran.told(1, &["nothing was sent: the request carries a credential of the other environment"]);
    }
    let carried = format!(
        "title: T\nclient: demand\nsnapshot: none\ntoken: {{ grant: client_credentials, scope: {REAL_SECRET} }}\n\
         steps:\n  - get: /x\n    expect: none\n"
    );
    let ran = run(&Project::with_targets(&targets).scenario("one", &carried), &server, &real);
    ran.told(1, &["the token that requests carry can't be obtained: nothing was sent"]);
    assert_eq!((server.requests(), real.connections()), (Vec::new(), 0));
}

#[test]
fn credentials_that_two_environments_share_are_refused_by_all_that_would_send_them() {
    let (server, real) = (Server::answering(tokens), Server::answering(tokens));
    let text = "title: T\nclient: demand\nsnapshot: none\ntoken: { grant: client_credentials }\nsteps:\n  - get: /x\n    \
                expect: none\n";
    let of = |targets: &str, arguments: &[&str]| {
        let project = Project::with_targets(targets).scenario("one", text);
        let mut command = project.command(TACKTEST);
        command.args(arguments).args(["--target", "own"]).env("OWN_HOST", server.address.to_string());
        finish(command.env("OWN_SECRET", REAL_SECRET).env("REAL_SECRET", REAL_SECRET))
    };
    let targets = real_at(&real).replace("id: first,", "id: first, redirect_uri: \"http://127.0.0.1:9/\",");
    let told = "client `demand` of target `own` has the secret of client `demand` of `real`: credentials are valid in one \
                environment only";
    let login = ["login", "--client", "demand", "--scope", "a", "--no-browser", "--timeout", "100ms"];
    for arguments in [&["run"][..], &["doctor"], &login] {
        let ran = of(&targets, arguments);
        ran.told(2, &[told]);
        assert!(!ran.stdout.contains(REAL_SECRET) && !ran.stderr.contains(REAL_SECRET), "{ran:?}");
    }
    let apart = |targets: &str| targets.replacen("${env.OWN_SECRET}", "${env.OWN_HOST}", 1);
    of(&apart(&targets.replace("id: first", "id: second")), &["run"])
        .told(2, &["client `demand` of target `own` has the id of client `demand` of `real`"]);
    let gate = targets.replace("    other: real\n", &format!("    other: real\n{GATE}"));
    of(&apart(&gate), &["run"]).told(2, &["the gate of target `own` has the secret of client `demand` of `real`"]);
    assert_eq!((server.connections(), real.connections()), (0, 0));
    of(&apart(&targets), &["run"]).ended(0);
    // On this machine both count as one.
    of(&TWO.replace("${env.REAL_HOST}", "${env.OWN_HOST}"), &["run"]).ended(0);
}

#[test]
fn secrets_are_shown_by_the_names_that_the_scenario_has_for_them() {
    let server = Server::answering(ok);
    let text = "title: T\nenvironment: production\nclient: demand\nsteps:\n  - compare: { own: \"${client.secret}\", \
                theirs: \"${other.client.secret}\" }\n    expect: { value: { own: 1, theirs: 2 } }\n";
    let ran = run(&Project::with_targets(TWO).scenario("one", text), &server, &server);
    ran.told(
        1,
        &[
            "$.own: expected the number 1, got the text \"[demand.secret]\"",
            "$.theirs: expected the number 2, got the text \"[other.demand.secret]\"",
        ],
    );
    assert!(!ran.stdout.contains(SECRET) && !ran.stdout.contains(REAL_SECRET), "{}", ran.stdout);
}

#[test]
fn a_secret_that_is_too_short_to_be_hidden_is_refused() {
    let server = Server::answering(ok);
    let text = "title: T\nsnapshot: none\nsteps:\n  - get: /x\n    expect: none\n";
    let too_short = "is too short to be kept out of outputs: it must have at least 4 characters";
    let gated = TWO.replace("    other: real\n", &format!("    other: real\n{}", GATE.replace("REAL_", "GATE_")));
    let project = Project::with_targets(&gated).scenario("one", text);
    let with = |variable: &str, short: &str| {
        let mut command = project.command(TACKTEST);
        command.args(["run", "--target", "own"]).env("OWN_HOST", server.address.to_string());
        command.env("REAL_HOST", server.address.to_string()).env("GATE_SECRET", SECRET);
        finish(command.env("OWN_SECRET", SECRET).env("REAL_SECRET", REAL_SECRET).env(variable, short))
    };
    for (variable, told) in [
        ("OWN_SECRET", "the secret of client `demand` of target `own`"),
        ("REAL_SECRET", "the secret of client `demand` of target `real`"),
        ("GATE_SECRET", "the password of the gate of target `own`"),
    ] {
        with(variable, "abc").told(2, &[told, too_short]);
        with(variable, "abcd").ended(0);
    }
    assert_eq!(server.requests().len(), 3);
}

const GATE: &str = "    gate: { user: gate-keeper, password: \"${env.REAL_SECRET}\" }\n";

/// A server whose site asks for HTTP Basic.
fn gated() -> Server {
    Server::answering(|request| {
        if request.starts_with("GET /page ") && !request.contains("authorization: Basic ") {
            let asks = "\r\nwww-authenticate: Basic realm=\"staging\"\r\n\r\n";
            return json("401 Unauthorized", "{}").replace("\r\n\r\n", asks);
        }
        tokens(request)
    })
}

/// Runs `steps` with a gate whose password is the other environment's secret in [`run`].
fn at_the_gate(steps: &str) -> (Ran, Vec<String>) {
    let server = gated();
    let text = format!("title: T\nclient: demand\nsnapshot: none\nsteps:\n{steps}");
    let own = TWO.split("  real:").next().unwrap_or_default();
    let login = "    authorize_url: \"http://${env.OWN_HOST}/auth\"\n    offers: [consent]\n";
    let targets = own.replace("    other: real\n", &format!("{GATE}{login}"));
    let project = Project::with_targets(&targets).scenario("one", &text);
    (run(&project, &server, &server), server.requests())
}

#[test]
fn the_gate_opens_the_site_and_is_shown_nowhere() {
    let (ran, requests) = at_the_gate(
        "  - get: \"${target.site}page\"\n    expect: { status: 401, headers: { www-authenticate: { $starts_with: Basic } } }\n  \
         - get: \"${target.site}page\"\n    basic: { user: \"${gate.user}\", password: \"${gate.password}\" }\n    \
         expect: { status: 200 }\n  - compare: [\"${gate.user}\", \"${gate.password}\"]\n    expect: { value: 1 }\n",
    );
    // A user name can be an everyday word, which is not taken out of all that is told.
    ran.told(1, &["gate-keeper", "[gate.password]", "step 3 of 3"]);
    assert!(!ran.stdout.contains(REAL_SECRET), "{}", ran.stdout);
    assert_eq!(requests.len(), 2);
}

#[test]
fn the_password_of_the_gate_goes_nowhere_else() {
    let basic = "basic: { user: \"${gate.user}\", password: \"${gate.password}\" }";
    for step in [
        // A vars entry hides the origin from the file's checks, but not from the last look.
        "  - compare: \"${gate.password}\"\n    expect: none\n    save: { p: $ }\n  - token: { grant: client_credentials, scope: \"${p}\" }\n    expect: none\n",
        "  - compare: \"${gate.password}\"\n    expect: none\n    save: { p: $ }\n  - token: { grant: client_credentials, scope: [a, \"${p}\"] }\n    expect: none\n",
        "  - compare: \"${gate.password}\"\n    expect: none\n    save: { p: $ }\n  - authorize: { state: \"${p}\" }\n    expect: none\n",
        &format!("  - get: http://localhost:9/page\n    {basic}\n    expect: none\n"),
        // The API and the token URL lie below the site.
        &format!("  - get: /x\n    {basic}\n    expect: none\n"),
        &format!("  - post: \"${{target.token_url}}\"\n    {basic}\n    expect: none\n"),
        "  - post: \"${target.token_url}\"\n    form: { password: \"${gate.password}\" }\n    expect: none\n",
        "  - get: http://localhost:9/page\n    query: { p: \"${gate.password}\" }\n    expect: none\n",
    ] {
        let (ran, requests) = at_the_gate(step);
        ran.told(1, &["nothing was sent", "the password of the site's gate"]);
        assert!(requests.is_empty(), "{step}: {requests:?}");
    }
}

#[test]
fn a_carried_token_does_not_take_the_password_of_the_gate_along() {
    let server = gated();
    let targets = TWO.split("  real:").next().unwrap_or_default().replace("    other: real\n", GATE);
    let text = "title: T\nclient: demand\nsnapshot: none\nvars: { p: \"${gate.password}\" }\n\
                token: { grant: client_credentials, scope: \"${p}\" }\nsteps:\n  - get: /x\n    expect: none\n";
    let ran = run(&Project::with_targets(&targets).scenario("one", text), &server, &server);
    ran.told(1, &["can't be obtained: nothing was sent", "the password of the site's gate"]);
    assert!(server.requests().is_empty());
}

#[test]
fn a_site_of_both_environments_is_not_opened() {
    let server = gated();
    let targets = TWO.replace("    other: real\n", &format!("    other: real\n{GATE}"));
    let targets = format!("{targets}    site: \"http://${{env.OWN_HOST}}\"\n");
    let text = "title: T\nsnapshot: none\nsteps:\n  - get: \"${target.site}page\"\n    \
                basic: { user: \"${gate.user}\", password: \"${gate.password}\" }\n    expect: { status: 200 }\n";
    let ran = run(&Project::with_targets(&targets).scenario("one", text), &server, &server);
    ran.told(1, &["nothing was sent", "which is no page of the site"]);
    assert!(server.requests().is_empty());
}

#[test]
fn the_production_of_a_mock_has_no_gate_to_open() {
    let text = |environment: &str| {
        format!(
            "title: T\nenvironment: {environment}\nsnapshot: none\nsteps:\n  - get: \"${{target.site}}\"\n    \
             basic: {{ user: \"${{gate.user}}\", password: \"${{gate.password}}\" }}\n    expect: {{ status: 200 }}\n"
        )
    };
    let project = Project::new().scenario("a", &text("staging")).scenario("b", &text("production"));
    project.tacktest(&[]).told(0, &["1 passed", "1 ignored", "before the site of staging only"]);
}

#[test]
fn an_answer_that_repeats_the_password_of_the_gate_is_a_finding() {
    let targets = TWO.split("  real:").next().unwrap_or_default().replace("    other: real\n", GATE);
    let echo = Server::answering(|_| json("200 OK", &serde_json::json!({ "debug": REAL_SECRET }).to_string()));
    let text = "title: T\nsnapshot: none\nsteps:\n  - get: /x\n    expect: none\n";
    let ran = run(&Project::with_targets(&targets).scenario("one", text), &echo, &echo);
    ran.told(1, &["the answer repeats the password of the site's gate"]);
}
