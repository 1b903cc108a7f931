//! `tacktest mock`.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::harness::signals;
use crate::mock::{AUTHORITY, JournalFile, Mock, Options};
use crate::runtime::OneRuntime;
use crate::source::{Access, read_whole};

use super::arguments::ListFormat;
use super::exit::{Exit, complain, print};
use super::mock_arguments::MockArguments;
use super::mock_faults::Planned;
use super::mock_options::options;
use super::mock_settings::{Told, client_settings};

/// How long the answers under way may take once the mock is to end.
const LONGEST_END: Duration = Duration::from_secs(5);

/// Where the certificate of the mock's authority is written unless it is said otherwise.
const CA_FILE: &str = "tacktest-mock-ca.pem";

/// The largest file that can be a certificate of a mock's authority, in bytes.
const LARGEST_CA_FILE: u64 = 16 * 1024;

/// Runs the mock until a signal comes. What clients need to know is written to stdout.
pub(super) fn mock(arguments: &MockArguments) -> Exit {
    let (options, faults) = match options(arguments) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let journal = match arguments.journal.as_deref().map(journal).transpose() {
        Ok(journal) => journal,
        Err(reason) => return cannot(&format!("the journal has no file: {reason}")),
    };
    let runtime = match OneRuntime::start() {
        Ok(runtime) => runtime,
        Err(error) => return cannot(&format!("the mock can't be started: {error}")),
    };
    let exit = runtime.block_on(serve(arguments, options, faults, journal));
    runtime.end();
    exit
}

/// The file for the journal.
fn journal(path: &Path) -> Result<JournalFile, String> {
    if path == Path::new("-") {
        return Err("`-` would be stdout, which tells the mock's settings; name a file".to_owned());
    }
    JournalFile::open(path)
}

fn cannot(message: &str) -> Exit {
    complain(message);
    Exit::Usage
}

async fn serve(
    arguments: &MockArguments,
    options: Options,
    faults: [Planned; 2],
    journal: Option<JournalFile>,
) -> Exit {
    // Thousands of clients may be connected; with fewer descriptors it serves fewer.
    drop(rlimit::increase_nofile_limit(u64::MAX));
    let (listen, has_token) = (options.listen, options.control_token.is_some());
    let is_public = options.public_url.is_some();
    let token_form = options.settings.access_token_form;
    let mut signals = match signals::listen() {
        Ok(signals) => signals,
        Err(error) => return cannot(&format!("can't wait for signals: {error}")),
    };
    let mut mock = match Mock::start(options).await {
        Ok(mock) => mock,
        // It was not about the address.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return cannot(&error.to_string()),
        Err(error) => return cannot(&format!("can't listen on {listen}: {error}; `--port 0` takes a free port")),
    };
    if let Some(file) = journal {
        mock.write_journal(file, complain);
    }
    let [own, more] = faults;
    if let Err(exit) = own.order(&mock).and_then(|()| more.order(&mock)) {
        return exit;
    }
    let ca_file = arguments.ca_file.as_deref().unwrap_or(Path::new(CA_FILE));
    if let Some(pem) = mock.authority() {
        if let Err(reason) = write_authority(ca_file, pem) {
            return cannot(&format!("the certificate of the mock's authority can't be written: {reason}"));
        }
        complain(format!("the certificate of the mock's authority is in {}", ca_file.display()));
    }
    // What is pasted may be read in another folder.
    let shown = std::path::absolute(ca_file).unwrap_or_else(|_| ca_file.to_owned()).display().to_string();
    let ca_file = mock.authority().map(|_| shown.as_str());
    let told = Told { url: mock.url(), ca_file, token_form, has_token };
    let printed = describe(arguments.format, &mock, &told);
    if printed != Exit::Good {
        return printed;
    }
    if !listen.ip().is_loopback() {
        hints(has_token, is_public);
    }
    complain(if is_public {
        format!("the mock listens on {} and is reached at {}; Ctrl-C ends it", mock.address(), mock.url())
    } else {
        format!("the mock listens at {}; Ctrl-C ends it", mock.url())
    });
    if signals.recv().await.is_none() {
        return cannot("can't wait for signals any more");
    }
    complain("the mock ends when the answers under way are given; another signal ends it at once");
    tokio::select! {
        finished = mock.finish(LONGEST_END) => {
            if !finished {
                complain(format!("what took longer than {} s was cut off", LONGEST_END.as_secs()));
            }
        }
        Some(()) = signals.recv() => std::process::exit(signals::AT_ONCE),
    }
    Exit::Good
}

fn describe(format: ListFormat, mock: &Mock, told: &Told<'_>) -> Exit {
    let Some(world) = mock.described() else { return cannot("the mock has lost its default world") };
    match format {
        ListFormat::Text => print(&client_settings(&world, told)),
        ListFormat::Json => match serde_json::to_value(&world) {
            Ok(world) => print(&format!("{world}\n")),
            Err(error) => cannot(&format!("the world can't be written as JSON: {error}")),
        },
    }
}

/// What whoever listens to other machines should know.
fn hints(has_token: bool, is_public: bool) {
    if !has_token {
        complain(
            "other machines can use the mock and not control it; a control token, by `--control-token-file` or \
             TACKTEST_CONTROL_TOKEN, lets them",
        );
    }
    if !is_public {
        complain("what the mock tells holds its own URLs: `--public-url` says by which one other machines reach it");
    }
}

/// Writes the certificate of an authority, and replaces nothing but another of the kind.
fn write_authority(path: &Path, pem: &str) -> Result<(), String> {
    let shown = path.display();
    if path.symlink_metadata().is_ok() {
        let there = read_whole(path, LARGEST_CA_FILE, Access::Public).map_err(|unread| format!("{shown} {unread}"))?;
        if !is_authority(&there) {
            return Err(format!(
                "{shown} is there, and is no such certificate: remove it, or name another file by `--ca-file`"
            ));
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || {
        // Whoever reads it meanwhile sees the whole of the one or of the other.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(pem.as_bytes())?;
        readable_by_all(file.as_file())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok::<(), std::io::Error>(())
    };
    written().map_err(|error| format!("{shown}: {error}"))
}

/// A certificate is no secret, and clients may run as other users.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it is the other half of the one for Unix")]
fn readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// Whether `file` is one certificate of a mock's authority and nothing else, such as a key.
fn is_authority(file: &[u8]) -> bool {
    use base64::Engine as _;
    let text = String::from_utf8_lossy(file);
    let body = text.trim().strip_prefix("-----BEGIN CERTIFICATE-----");
    let body = body.and_then(|body| body.strip_suffix("-----END CERTIFICATE-----"));
    let body: Option<String> = body.map(|body| body.split_whitespace().collect());
    let der = body.and_then(|body| base64::engine::general_purpose::STANDARD.decode(body).ok());
    der.is_some_and(|der| der.windows(AUTHORITY.len()).any(|window| window == AUTHORITY.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_certificate_of_the_kind_is_replaced() {
        let runtime = OneRuntime::start().unwrap();
        let options = || Options { tls: Some(crate::mock::Certificate::Trusted), ..Options::default() };
        let pems = [(); 2].map(|()| {
            let mock = runtime.block_on(Mock::start(options())).unwrap();
            mock.authority().unwrap().to_owned()
        });
        assert_ne!(pems[0], pems[1]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        for pem in &pems {
            write_authority(&path, pem).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), *pem);
        }
        for other in ["", "a note", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&path, other).unwrap();
            assert!(write_authority(&path, &pems[0]).unwrap_err().contains("`--ca-file`"), "{other}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
        }
        let missing = folder.path().join("no/such/folder/ca.pem");
        assert!(write_authority(&missing, &pems[0]).is_err());
    }
}
