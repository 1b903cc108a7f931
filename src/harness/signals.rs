//! The signals that end a run early: the first one cleanly, the second one at once.

use std::io::{self, IsTerminal, Write};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::engine::Interrupt;

/// How the program ends at the second signal: what a shell tells of a program that Ctrl-C ended.
pub(crate) const AT_ONCE: i32 = 130;

/// Signals as they come.
pub(crate) type Signals = UnboundedReceiver<()>;

/// Listens from now on, on the current runtime; a signal no longer ends the program by itself.
pub(crate) fn listen() -> io::Result<Signals> {
    let (sender, signals) = unbounded_channel();
    listen_to_all(&sender)?;
    Ok(signals)
}

/// Gives the order of `interrupt` at the first signal, and ends the program at the second.
pub(super) async fn heed(mut signals: Signals, interrupt: Interrupt) {
    if signals.recv().await.is_none() {
        return;
    }
    interrupt.give();
    // At a terminal the line under way is not the message's.
    let before = if io::stderr().is_terminal() { "\n" } else { "" };
    let hint = "interrupted: cleaning up; press Ctrl-C again to end at once";
    let _ = writeln!(io::stderr(), "{before}tacktest: {hint}");
    if signals.recv().await.is_some() {
        std::process::exit(AT_ONCE);
    }
}

#[cfg(unix)]
fn listen_to_all(sender: &UnboundedSender<()>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let hangup = SignalKind::hangup();
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), hangup] {
        // Whoever starts a program by `nohup` wants it to outlive the terminal.
        if kind == hangup && is_ignored(kind.as_raw_value()) {
            continue;
        }
        let (mut signal, sender) = (signal(kind)?, sender.clone());
        tokio::spawn(async move { while signal.recv().await.is_some() && sender.send(()).is_ok() {} });
    }
    Ok(())
}

#[cfg(not(unix))]
fn listen_to_all(sender: &UnboundedSender<()>) -> io::Result<()> {
    let sender = sender.clone();
    tokio::spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && sender.send(()).is_ok() {} });
    Ok(())
}

/// Whether the program was started with the signal `number` ignored, where the system tells it in a file.
#[cfg(unix)]
fn is_ignored(number: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_signals(&status).is_some_and(|ignored| ignored >> (number - 1) & 1 == 1)
}

/// The set of ignored signals in the text of `/proc/self/status`, the first signal in the lowest bit.
#[cfg(unix)]
fn ignored_signals(status: &str) -> Option<u64> {
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(set.trim(), 16).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::ignored_signals;

    #[test]
    fn the_set_of_ignored_signals_is_read() {
        assert_eq!(ignored_signals("Name:\ta\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n"), Some(0x1001));
        assert_eq!(ignored_signals("Name:\ta\n"), None);
    }
}
