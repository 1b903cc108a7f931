//! The journal in a file, `tacktest mock --journal FILE`: its lines, what goes wrong with it, and that no answer suffers.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

mod alone;
mod mock_support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use alone::{Alone, alone, tacktest};
use mock_support::{Answer, basic, parse, raw};

/// Nothing here takes this long, unless it hangs.
const LIMIT: Duration = Duration::from_secs(20);

/// Waits until something is so.
fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LIMIT, "it never came");
        thread::sleep(Duration::from_millis(10));
    }
}

fn address(mock: &Alone) -> SocketAddr {
    let api = mock.world["staging"]["api"].as_str().unwrap();
    api.split('/').nth(2).unwrap().parse().unwrap()
}

fn send(mock: &Alone, line: &str, headers: &str, body: &str) -> Answer {
    let address = address(mock);
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    parse(&raw(address, request.as_bytes()))
}

fn journal(mock: &Alone) -> String {
    send(mock, "GET /control/worlds/default/journal", "", "").body
}

/// Asks for what there is not.
fn ask(mock: &Alone) -> u16 {
    send(mock, "GET /api/v4/nothing", "", "").status
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn the_file_has_the_lines_of_the_control_api_and_no_secret() {
    let mock = alone(&["--journal", "journal.ndjson"]);
    let demand = &mock.world["staging"]["clients"]["demand"];
    let [id, secret] = ["id", "secret"].map(|name| demand[name].as_str().unwrap());
    let form = "grant_type=client_credentials&audience=urn%3Apartner-api&scope=demand::keywords.read";
    let form_type = "Content-Type: application/x-www-form-urlencoded\r\n";
    let headers = format!("Authorization: {}\r\n{form_type}", basic(id, secret));
    let token = send(&mock, "POST /oauth2/token", &headers, form).member("access_token");
    let bearer = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(send(&mock, "GET /api/v4/keywords/search?searchQuery=car", &bearer, "").status, 200);
    let wrong = format!("{form}&client_id={id}&client_secret={secret}");
    assert_ne!(send(&mock, "POST /oauth2/token", form_type, &wrong).status, 200);
    let order = serde_json::json!({ "expire": token }).to_string();
    assert_eq!(send(&mock, "POST /control/worlds/default", "", &order).status, 204);
    assert_eq!(send(&mock, &format!("GET /api/v4/{secret}/{token}"), "", "").status, 400);
    let path = mock.folder.path().join("journal.ndjson");
    // As it happens, and not first at the end.
    until(|| lines(&path).len() == 5);
    let (told, written) = (journal(&mock), fs::read_to_string(&path).unwrap());
    assert_eq!(told, written);
    for hidden in [secret, &token, &basic(id, secret)[6..]] {
        assert!(!written.contains(hidden), "{hidden}: {written}");
    }
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn it_is_appended_to_what_is_there_also_if_that_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.ndjson");
    let shown = path.to_str().unwrap();
    for expected in [2, 4] {
        let mock = alone(&["--journal", shown]);
        assert_eq!([ask(&mock), ask(&mock)], [404, 404]);
        let told: Vec<String> = journal(&mock).lines().map(str::to_owned).collect();
        let (code, complaints) = mock.ended_by("TERM");
        assert!(code == Some(0) && !complaints.contains("journal"), "{complaints}");
        let all = lines(&path);
        assert_eq!((all.len(), &all[expected - 2..]), (expected, &*told));
    }
    let cut = fs::read_to_string(&path).unwrap().trim_end_matches("}\n").to_owned();
    fs::write(&path, &cut).unwrap();
    let mock = alone(&["--journal", shown]);
    assert_eq!(ask(&mock), 404);
    let told = journal(&mock);
    mock.ended_by("TERM");
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{cut}\n{told}"));
}

#[test]
fn what_is_under_way_at_the_end_is_written_too() {
    let mock = alone(&["--journal", "journal.ndjson"]);
    let path = mock.folder.path().join("journal.ndjson");
    let fault = r#"{"fault": {"at": "GET /v4/keywords/search", "delay": "700ms"}}"#;
    assert_eq!(send(&mock, "POST /control/worlds/default", "", fault).status, 204);
    thread::scope(|scope| {
        let late = scope.spawn(|| send(&mock, "GET /api/v4/keywords/search", "", "").status);
        thread::sleep(Duration::from_millis(200));
        mock.signal("TERM");
        assert_eq!(late.join().unwrap(), 401);
    });
    until(|| lines(&path).len() == 2);
    let last = &lines(&path)[1];
    assert!(last.contains("/v4/keywords/search") && last.contains(r#""status":401"#), "{last}");
}

#[test]
fn a_file_that_cannot_be_had_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let open = folder.path().join("open.ndjson");
    fs::write(&open, "kept").unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    for (file, why) in [
        ("no/such/folder.ndjson", "no/such/folder.ndjson can't be opened: No such file"),
        ("folder", "folder can't be opened: Is a directory"),
        ("open.ndjson", "is open to others on this machine (mode 644); type: chmod 600 'open.ndjson'"),
        ("-", "`-` would be stdout, which tells the mock's settings; name a file"),
    ] {
        let mut command = tacktest(&["mock", "--journal", file]);
        let ended = command.current_dir(folder.path()).output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!((ended.status.code(), ended.stdout.is_empty()), (Some(2), true), "{told}");
        assert!(told.contains("the journal has no file: ") && told.contains(why), "{told}");
    }
    assert_eq!(fs::read_to_string(open).unwrap(), "kept");
    assert!(!folder.path().join("-").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_once_and_stops_no_answer() {
    let mock = alone(&["--journal", "/dev/full"]);
    for _ in 0..50 {
        assert_eq!(ask(&mock), 404);
    }
    // Long enough for a second try.
    thread::sleep(Duration::from_millis(1200));
    assert_eq!(journal(&mock).lines().count(), 50);
    let (code, told) = mock.ended_by("TERM");
    assert_eq!(code, Some(0), "{told}");
    let (cannot, lacks) =
        ("the journal can't be written to /dev/full: No space", "the journal in /dev/full lacks its end");
    assert_eq!((told.matches(cannot).count(), told.matches(lacks).count()), (1, 1), "{told}");
}

/// What could not be written is written first once it can be.
#[test]
fn nothing_is_lost_where_a_reader_goes_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let read = |count: usize| {
        let reader = BufReader::new(File::open(&pipe).unwrap());
        reader.lines().take(count).map(Result::unwrap).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let first = scope.spawn(|| read(1));
        let mock = alone(&["--journal", pipe.to_str().unwrap()]);
        ask(&mock);
        let first = first.join().unwrap();
        // Nobody reads these.
        assert_eq!([ask(&mock), ask(&mock)], [404, 404]);
        thread::sleep(Duration::from_millis(200));
        let rest = read(2);
        let told = journal(&mock);
        assert_eq!([first, rest].concat(), told.lines().collect::<Vec<_>>());
        let (_, told) = mock.ended_by("TERM");
        assert!(told.contains("pipe: Broken pipe") && told.contains("pipe again"), "{told}");
    });
}

/// Who does not read what is written does not delay an answer, nor the end for long.
#[test]
fn a_reader_that_stands_still_delays_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    thread::scope(|scope| {
        let reader = scope.spawn(|| File::open(&pipe).unwrap());
        let mock = alone(&["--journal", pipe.to_str().unwrap()]);
        let reader = reader.join().unwrap();
        // More than a pipe takes.
        for _ in 0..300 {
            assert_eq!(ask(&mock), 404);
        }
        assert!(journal(&mock).len() > 65_536);
        let began = Instant::now();
        let (code, told) = mock.ended_by("TERM");
        assert!(code == Some(0) && told.contains("lacks its end"), "{code:?} {told}");
        assert!(began.elapsed() < LIMIT);
        drop(reader);
    });
}
