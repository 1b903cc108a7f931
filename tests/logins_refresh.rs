//! A stored login outlives whatever happens to the processes that refresh it.
//!
//! The mock's tokens live for less than the minute that must be left, so that every use is a refresh. Its rotation has a
//! grace of a minute, so that a lost answer can be asked for again; its clock goes on by more than that after each look,
//! so that a lost rotation can't.
//!
//! What keeps an answer does not wait, so that no cancelled task ends between the two. That moment is met through the guard
//! of the transport, which sees each answer before anything is done with it: there a refresh is dropped, and a process is
//! killed.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod mock_support;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use mock_support::Server;
use secrecy::ExposeSecret;
use serde_json::Value;
use tacktest::http::{Exchange, Guard, Request, Scrubber, Transport};
use tacktest::mock::control::{Environment, Settings, World};
use tacktest::oauth::{
    ClientAuthentication, Credentials, Endpoints, Fetched, Login, LoginCommands, LoginKey, Logins, NoToken, Sender,
};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// How often a refresh ends between its answer and what keeps that.
const ENDS: usize = 1_000;

/// How often two refreshers meet.
const MEETINGS: u32 = 200;

/// How many processes are killed, at any moment or between the answer and what keeps it.
const KILLS: u32 = 40;

const SCOPE: &str = "offline_access%20supply%3A%3Ausers.read";

/// Numbers that look drawn and are the same in every run.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A folder in memory, if there is such a place: thousands of files are forced to the disk here.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn key(token_url: &str, client_id: &str) -> LoginKey {
    LoginKey {
        target: "staging".to_owned(),
        client: "supply".to_owned(),
        user: "pro".to_owned(),
        token_url: token_url.parse().unwrap(),
        client_id: client_id.to_owned(),
    }
}

fn sender(token_url: &str, id: &str, secret: &str) -> Sender {
    let token_url: url::Url = token_url.parse().unwrap();
    Sender {
        transport: Transport::new().unwrap(),
        endpoints: Endpoints { authorize_url: token_url.clone(), token_url },
        credentials: Credentials {
            id: id.to_owned(),
            secret: secret.into(),
            redirect_uri: None,
            authentication: ClientAuthentication::Basic,
        },
        scrubber: Scrubber::new(),
    }
}

/// Ends what refreshes as soon as the answer is there: what the server gave in it is in memory, and kept nowhere.
struct EndsWithTheAnswer {
    /// The new refresh tokens, which nobody ever has.
    lost: Arc<Mutex<Vec<String>>>,
    end: fn(),
}

impl Guard for EndsWithTheAnswer {
    fn refuse(&self, _: &Request) -> Result<(), String> {
        Ok(())
    }

    fn saw(&self, exchange: &Exchange, _: usize) -> bool {
        let answer = exchange.response().and_then(|response| response.json()).unwrap();
        self.lost.lock().unwrap().push(answer["refresh_token"].as_str().unwrap().to_owned());
        (self.end)();
        false
    }
}

/// Everything that a test has of a mock and its supply client.
struct Place {
    server: Server,
    world: World,
    staging: Environment,
    folder: tempfile::TempDir,
    /// Who looks whether the login works.
    runtime: Runtime,
    looker: Sender,
}

impl Place {
    /// A mock whose access tokens live for so many seconds.
    fn new(access_token_seconds: u32) -> Self {
        let server = Server::with(Settings { access_token_seconds, ..Settings::default() });
        let world = server.world();
        let staging = world.staging.clone();
        let client = &staging.clients["supply"];
        let looker = sender(&staging.token_url, &client.id, &client.secret);
        Self { server, world, staging, folder: folder(), runtime: runtime(), looker }
    }

    fn key(&self) -> LoginKey {
        key(&self.staging.token_url, &self.staging.clients["supply"].id)
    }

    fn sender(&self) -> Sender {
        let client = &self.staging.clients["supply"];
        sender(&self.staging.token_url, &client.id, &client.secret)
    }

    /// A handle as a process of its own has it.
    fn logins(&self) -> Logins {
        Logins::new(self.folder.path().join("logins"), None, false)
    }

    /// A login at the mock, with `left` seconds of its access token's life.
    fn login(&self, left: i64) -> Login {
        let answer = self.server.login(&self.staging, &self.staging.clients["supply"], SCOPE);
        Login {
            refresh_token: Some(answer.member("refresh_token").into()),
            access_token: answer.member("access_token").into(),
            expires_at: Some(Timestamp::now() + jiff::SignedDuration::from_secs(left)),
            scopes: vec!["offline_access".to_owned(), "supply::users.read".to_owned()],
            obtained: Timestamp::now(),
            refreshing_since: None,
        }
    }

    fn log_in(&self, left: i64) {
        runtime().block_on(self.logins().keep(&self.key(), &self.login(left))).unwrap();
    }

    /// One use of the login, to its end.
    fn token(&self) -> Result<Fetched, Box<NoToken>> {
        self.runtime.block_on(self.logins().token(&self.key(), &self.looker))
    }

    /// A refresh that ends with its answer by `end`.
    fn ending(&self, lost: &Arc<Mutex<Vec<String>>>, end: fn()) -> Sender {
        let guard = EndsWithTheAnswer { lost: Arc::clone(lost), end };
        let sender = self.sender();
        Sender { transport: sender.transport.guarded_by(Arc::new(guard)), ..sender }
    }

    /// The login as its file holds it.
    fn kept(&self) -> Value {
        let files = std::fs::read_dir(self.folder.path().join("logins")).unwrap().flatten().map(|file| file.path());
        let file = files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "json")).unwrap();
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    /// Holds that a refresh ended between its answer and what keeps that, which the next one makes good: it presents the
    /// token `before` once more, within the server's grace, and keeps what comes.
    #[track_caller]
    fn makes_good(&self, before: &Value, when: &str) {
        let marked = self.kept();
        assert_eq!(marked["refresh_token"], before["refresh_token"], "{when}: nothing new is kept");
        assert!(marked["refreshing_since"].is_string(), "{when}: {marked}");
        let exchange = self.works(when).exchange.unwrap();
        let sent = url::form_urlencoded::parse(&exchange.request.body).find(|(name, _)| name == "refresh_token");
        assert_eq!(sent.unwrap().1, before["refresh_token"].as_str().unwrap(), "{when}");
        let after = self.kept();
        assert!(after["refresh_token"] != before["refresh_token"] && after["refreshing_since"].is_null(), "{when}");
    }

    /// A process that refreshes until it is killed, as `test` does.
    fn process(&self, test: &str) -> Child {
        let client = &self.staging.clients["supply"];
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored"])
            .env("LOGINS_FOLDER", self.folder.path().join("logins"))
            .env("LOGINS_TOKEN_URL", &self.staging.token_url)
            .env("LOGINS_ID", &client.id)
            .env("LOGINS_SECRET", &client.secret)
            .env("LOGINS_ANSWERED", self.answered())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// The file by which a process tells that it has the answer.
    fn answered(&self) -> PathBuf {
        self.folder.path().join("answered")
    }

    /// Holds that the login works. Then the grace of all tokens that were used passes, so that one that was replaced and
    /// not kept is of no use any more.
    #[track_caller]
    fn works(&self, when: &str) -> Fetched {
        let token = self.token().unwrap_or_else(|no| panic!("{when}: {}", no.reason));
        let bearer = format!("Bearer {}", token.access_token.expose_secret());
        let api = url::Url::parse(&self.staging.api).unwrap();
        let line = format!("GET {}/v4/users/self", api.path().trim_end_matches('/'));
        let answer = self.server.send(&line, &[("Authorization", &bearer)], "");
        assert_eq!(answer.status, 200, "{when}: {answer:?}");
        self.server.command(&self.world, &serde_json::json!({"advance": "61s"}));
        token
    }
}

#[test]
fn a_thousand_ends_between_an_answer_and_its_keeping_lose_no_rotation() {
    let place = Place::new(30);
    place.log_in(0);
    let lost = Arc::default();
    // All that the refresh has is dropped, as with the end of a process, and no line of it is run any more.
    let ending = place.ending(&lost, || resume_unwind(Box::new("the end")));
    for end in 0..ENDS {
        let before = place.kept();
        let ask = || place.runtime.block_on(place.logins().token(&place.key(), &ending));
        let ended = catch_unwind(AssertUnwindSafe(ask)).unwrap_err();
        assert_eq!(ended.downcast_ref::<&str>(), Some(&"the end"));
        assert_eq!(lost.lock().unwrap().len(), end + 1, "the server had answered with a new token");
        place.makes_good(&before, &format!("after end {end}"));
    }
    let all: BTreeSet<String> = lost.lock().unwrap().drain(..).collect();
    assert_eq!(all.len(), ENDS, "each of them was another one");
}

#[test]
fn processes_killed_between_an_answer_and_its_keeping_lose_no_rotation() {
    let place = Place::new(30);
    place.log_in(0);
    for kill in 0..KILLS {
        let before = place.kept();
        let mut child = place.process("waits_with_its_answer_until_it_is_killed");
        while !place.answered().exists() {
            assert!(child.try_wait().unwrap().is_none(), "it waits until it is killed");
            thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        std::fs::remove_file(place.answered()).unwrap();
        place.makes_good(&before, &format!("after kill {kill}"));
    }
}

#[test]
fn processes_killed_at_any_moment_lose_no_rotation() {
    let place = Place::new(30);
    place.log_in(0);
    let (mut drawn, mut cut_short, mut rotated) = (Drawn(11), 0, 0);
    for kill in 0..KILLS {
        let before = place.kept();
        let mut child = place.process("refreshes_until_it_is_killed");
        thread::sleep(Duration::from_millis(20 + drawn.below(60)));
        assert!(child.try_wait().unwrap().is_none(), "it refreshes until it is killed");
        child.kill().unwrap();
        child.wait().unwrap();
        let after = place.kept();
        rotated += u32::from(after["refresh_token"] != before["refresh_token"]);
        cut_short += u32::from(after["refreshing_since"].is_string());
        place.works(&format!("after kill {kill}"));
    }
    assert!(rotated > 0 && cut_short > 0, "{rotated} had refreshed, and {cut_short} were killed while they did");
}

/// What the parent of this process tells it: the logins, whose they are, and who refreshes them.
fn told() -> Option<(Logins, LoginKey, Sender)> {
    let folder = std::env::var_os("LOGINS_FOLDER")?;
    let variable = |name: &str| std::env::var(name).unwrap();
    let (url, id, secret) = (variable("LOGINS_TOKEN_URL"), variable("LOGINS_ID"), variable("LOGINS_SECRET"));
    Some((Logins::new(folder.into(), None, false), key(&url, &id), sender(&url, &id, &secret)))
}

#[test]
#[ignore = "the other process of processes_killed_at_any_moment_lose_no_rotation"]
fn refreshes_until_it_is_killed() {
    let Some((logins, key, sender)) = told() else { return };
    runtime().block_on(async {
        while let Ok(token) = logins.token(&key, &sender).await {
            assert!(token.exchange.is_some());
        }
    });
}

#[test]
#[ignore = "the other process of processes_killed_between_an_answer_and_its_keeping_lose_no_rotation"]
fn waits_with_its_answer_until_it_is_killed() {
    let Some((logins, key, sender)) = told() else { return };
    let wait = || {
        std::fs::write(std::env::var_os("LOGINS_ANSWERED").unwrap(), "").unwrap();
        thread::sleep(Duration::from_mins(1));
    };
    let guard = EndsWithTheAnswer { lost: Arc::default(), end: wait };
    let sender = Sender { transport: sender.transport.guarded_by(Arc::new(guard)), ..sender };
    drop(runtime().block_on(logins.token(&key, &sender)));
}

#[test]
fn meetings_with_sudden_ends_lose_no_rotation() {
    let place = Arc::new(Place::new(30));
    place.log_in(0);
    let (mut drawn, mut cut_short) = (Drawn(7), 0);
    for meeting in 0..MEETINGS {
        let barrier = Arc::new(Barrier::new(2));
        let refreshers: Vec<_> = (0..2)
            .map(|_| {
                // A quarter goes on to its end; the others end within the time that a refresh takes.
                let end = if drawn.below(4) == 0 { Duration::MAX } else { Duration::from_micros(drawn.below(6_000)) };
                let (place, barrier) = (Arc::clone(&place), Arc::clone(&barrier));
                thread::spawn(move || {
                    let runtime = runtime();
                    barrier.wait();
                    let (logins, key, sender) = (place.logins(), place.key(), place.sender());
                    let ended = runtime.block_on(async { timeout(end, logins.token(&key, &sender)).await });
                    // What is under way ends at its next wait: for the lock, the connection or the answer. An answer that
                    // came is kept without one, which is ended by the tests above.
                    drop(runtime);
                    if let Ok(Err(no_token)) = ended {
                        panic!("{}", no_token.reason);
                    }
                })
            })
            .collect();
        for refresher in refreshers {
            refresher.join().unwrap();
        }
        cut_short += u32::from(place.kept()["refreshing_since"].is_string());
        place.works(&format!("after meeting {meeting}"));
    }
    assert!(cut_short > 0, "some ended while they waited for an answer");
}

#[test]
fn who_comes_second_uses_what_the_first_one_got() {
    let place = Place::new(3600);
    place.log_in(59);
    let (first, second) = (place.logins(), place.logins());
    let (key, sender) = (place.key(), place.sender());
    let (first, second) =
        runtime().block_on(async { tokio::join!(first.token(&key, &sender), second.token(&key, &sender)) });
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.access_token.expose_secret(), second.access_token.expose_secret());
    assert!(first.exchange.is_some() != second.exchange.is_some(), "one of them refreshed");
    assert!(place.token().unwrap().exchange.is_none(), "and nobody has to for an hour");
}

#[test]
fn a_refresh_goes_on_when_its_scenario_was_cancelled() {
    let place = Place::new(3600);
    place.log_in(0);
    let (logins, key, sender) = (place.logins(), place.key(), place.sender());
    runtime().block_on(async {
        let cancelled = timeout(Duration::from_millis(1), logins.token(&key, &sender)).await;
        logins.settled().await;
        let token = logins.token(&key, &sender).await.unwrap();
        assert!(cancelled.is_ok() || token.exchange.is_none(), "the cancelled one was kept");
    });
}

#[test]
fn a_refresh_token_that_was_used_elsewhere_is_told_once_and_for_all() {
    let place = Place::new(3600);
    let stored = place.login(0);
    let (logins, key, sender) = (place.logins(), place.key(), place.sender());
    runtime().block_on(logins.keep(&key, &stored)).unwrap();
    let client = &place.staging.clients["supply"];
    let spent = stored.refresh_token.unwrap();
    let spent = spent.expose_secret();
    assert_eq!(place.server.refresh(&place.staging, client, spent).status, 200);
    let form = format!("token={spent}");
    let line = format!("POST {}", mock_support::path(&place.staging.revoke_url));
    let basic = mock_support::basic(&client.id, &client.secret);
    assert_eq!(place.server.send(&line, &[mock_support::FORM, ("Authorization", &basic)], &form).status, 200);
    runtime().block_on(async {
        let first = logins.token(&key, &sender).await.unwrap_err();
        assert!(first.reason.contains("was used elsewhere") && first.exchange.is_some(), "{}", first.reason);
        assert!(first.reason.ends_with("run `tacktest login --target staging --client supply --user pro`"));
        assert!(!first.reason.contains(spent) && !first.reason.contains("cut short"));
        // Another refusal would tell nothing new.
        let second = logins.token(&key, &sender).await.unwrap_err();
        assert!(second.reason == first.reason && second.exchange.is_none());
    });
    let told = place.token().unwrap_err().reason;
    assert!(told.contains("was used elsewhere (the server answered `invalid_grant`)"), "{told}");
    // Who finds the mark of a refresh without an end says so.
    let spent = Some(spent.into());
    let cut_short = Login { refresh_token: spent, refreshing_since: Some(Timestamp::now()), ..place.login(0) };
    runtime().block_on(place.logins().keep(&key, &cut_short)).unwrap();
    let told = place.token().unwrap_err().reason;
    assert!(told.contains("a refresh was cut short at"), "{told}");
}

#[test]
fn nothing_is_refreshed_where_it_would_be_lost() {
    let place = Place::new(3600);
    let (key, sender) = (place.key(), place.sender());
    let in_ci = Logins::new(place.folder.path().join("logins"), None, true);
    let ask = || runtime().block_on(in_ci.token(&key, &sender));
    let told = ask().unwrap_err().reason;
    assert!(told.contains("no login is stored for staging/supply/pro"), "{told}");
    place.log_in(3600);
    assert!(ask().unwrap().exchange.is_none(), "a good access token needs no refresh");
    place.log_in(0);
    let told = ask().unwrap_err();
    assert!(told.exchange.is_none() && told.reason.contains("refused where `CI` is set"), "{}", told.reason);
    place.works("elsewhere");
    let without = Login { refresh_token: None, ..place.login(0) };
    runtime().block_on(place.logins().keep(&key, &without)).unwrap();
    let told = place.token().unwrap_err().reason;
    assert!(told.contains("`offline_access`"), "{told}");
}

/// An external store: a file, by `cat`.
fn commands(file: &Path) -> LoginCommands {
    let file = file.display();
    LoginCommands {
        load: format!("cat '{file}' 2>/dev/null || true"),
        save: format!("cat > '{file}'"),
        folder: PathBuf::new(),
    }
}

fn external(place: &Place, commands: LoginCommands) -> Logins {
    Logins::new(place.folder.path().join("unused"), Some(commands), true)
}

#[test]
fn an_external_store_is_written_and_read_again_before_a_token_is_used() {
    let place = Place::new(3600);
    let (key, sender) = (place.key(), place.sender());
    let file = place.folder.path().join("kept");
    let good = commands(&file);
    let logins = external(&place, good.clone());
    let ask = |logins: &Logins| runtime().block_on(logins.token(&key, &sender));
    assert!(ask(&logins).unwrap_err().reason.contains("no login is stored"));
    let keep = |left| runtime().block_on(logins.keep(&key, &place.login(left))).unwrap();
    keep(0);
    assert_eq!(logins.scopes(&key).unwrap().unwrap(), ["offline_access", "supply::users.read"]);
    let refreshed = ask(&logins).unwrap();
    assert!(refreshed.exchange.is_some(), "with such a store `CI` is no reason to refuse");
    assert!(std::fs::read_to_string(&file).unwrap().contains(refreshed.access_token.expose_secret()));
    // A store that keeps nothing, fails, or is told the wrong name is found out before anything is sent.
    for (save, told) in [
        ("cat > /dev/null".to_owned(), "does not give what it was given"),
        (
            "cat > /dev/null; echo fictional-secret; exit 3".to_owned(),
            "`logins.save` of tacktest.yaml ended with exit code 3; run it by hand in `",
        ),
        (
            "cat > /dev/null; test \"$TACKTEST_LOGIN\" = other/supply/pro".to_owned(),
            " with TACKTEST_LOGIN=staging/supply/pro to see why",
        ),
    ] {
        keep(0);
        let no_token = ask(&external(&place, LoginCommands { save, ..good.clone() })).unwrap_err();
        let reason = no_token.reason;
        assert!(
            no_token.exchange.is_none() && reason.contains("was not refreshed") && reason.contains(told),
            "{reason}"
        );
        assert!(!reason.contains("fictional-secret"), "{reason}");
    }
    // One that fails once after the rotation is asked again.
    let tries = place.folder.path().join("tries");
    let from = |first: u32, last: u32| {
        std::fs::write(&tries, "").unwrap();
        let count = format!("printf x >> '{0}'; n=$(wc -c < '{0}')", tries.display());
        let save = format!("{count}; if test $n -ge {first} && test $n -le {last}; then exit 1; fi; {}", good.save);
        external(&place, LoginCommands { save, ..good.clone() })
    };
    keep(0);
    let once = from(2, 2);
    let refreshed = ask(&once).unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains(refreshed.access_token.expose_secret()));
    assert!(runtime().block_on(once.settled()).is_empty());
    // One that goes on failing ends the use of the login, which is put aside.
    keep(0);
    let failing = from(2, 9);
    let no_token = ask(&failing).unwrap_err();
    assert!(no_token.exchange.is_some() && no_token.reason.contains("could not be kept"), "{}", no_token.reason);
    let again = ask(&failing).unwrap_err();
    assert!(again.exchange.is_none() && again.reason == no_token.reason);
    assert_eq!(runtime().block_on(failing.settled()).join("\n"), no_token.reason, "it is told without anybody waiting");
    assert!(runtime().block_on(failing.settled()).is_empty(), "and once");
    let [rescued] = &rescued(&place)[..] else { panic!("nothing was put aside") };
    assert!(no_token.reason.contains(&rescued.display().to_string()), "{}", no_token.reason);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(rescued).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    // Given to the store, it is a login again.
    std::fs::copy(rescued, &file).unwrap();
    assert!(ask(&logins).unwrap().exchange.is_none());
    std::fs::write(
        &file,
        std::fs::read_to_string(&file).unwrap().replace("\"expires_at\": \"2", "\"expires_at\": \"1"),
    )
    .unwrap();
    assert!(ask(&logins).unwrap().exchange.is_some(), "its refresh token is the server's newest");
}

/// The files of logins that were put aside.
fn rescued(place: &Place) -> Vec<std::path::PathBuf> {
    let files = std::fs::read_dir(place.folder.path().join("rescued")).into_iter().flatten().flatten();
    files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect()
}
