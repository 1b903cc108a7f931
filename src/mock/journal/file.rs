//! The journal in a file: the lines that the control API tells, appended as it happens.
//!
//! The writer is a reader like any other, so that no answer waits for it: it may come too late for what the ring no longer
//! keeps, and says so.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::watch,
    task::{JoinHandle, spawn_blocking},
    time::{sleep, timeout},
};

use super::read::lines;
use crate::mock::{connection::told_to_stop, worlds::World};
use crate::source::open_to_others;

/// The pause before what could not be written is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// A file to which a journal is appended.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: File,
    /// What is still to be written.
    rest: Vec<u8>,
}

impl JournalFile {
    /// Opens the file at `path`, which is made for its owner alone if it is not there. A pipe waits for its reader.
    /// The error says what is wrong, and begins with the path.
    pub fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let opened = options.open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
        let (file, metadata) = opened.map_err(|error| format!("{shown} can't be opened: {error}"))?;
        if let Some(told) = metadata.is_file().then(|| open_to_others(&metadata, path)).flatten() {
            return Err(format!("{shown} {told}"));
        }
        // A line that was cut by a full disk stays by itself.
        let rest = if metadata.is_file() && is_cut(path).unwrap_or(false) { b"\n".to_vec() } else { Vec::new() };
        Ok(Self { path: path.to_owned(), file, rest })
    }

    /// Writes what is still to be written, as far as it can.
    fn write(&mut self) -> io::Result<()> {
        while !self.rest.is_empty() {
            match self.file.write(&self.rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => drop(self.rest.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Whether a file ends within a line.
fn is_cut(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// A journal that is being written to a file. Dropping it ends that.
#[derive(Debug)]
pub struct Writing {
    closed: watch::Sender<bool>,
    task: JoinHandle<()>,
    path: PathBuf,
    tell: fn(String),
}

impl Writing {
    /// Begins with all that the journal of `world` keeps. What goes wrong is told to `tell`, a sentence each.
    pub fn begin(file: JournalFile, world: Arc<World>, tell: fn(String)) -> Self {
        let (closed, path) = (watch::Sender::new(false), file.path.clone());
        let writer = Writer { file, world, tell, closed: closed.subscribe() };
        Self { closed, task: tokio::spawn(writer.run()), path, tell }
    }

    /// Writes the rest, once nothing more can happen in a mock that was told to stop. What takes `longest` is not waited
    /// for, and told.
    pub async fn finish(mut self, longest: Duration) {
        self.closed.send_replace(true);
        if timeout(longest, &mut self.task).await.is_err() {
            (self.tell)(format!(
                "the journal in {} lacks its end, which takes too long to be written",
                self.path.display()
            ));
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Writer {
    file: JournalFile,
    world: Arc<World>,
    tell: fn(String),
    /// Turns true when nothing more can happen.
    closed: watch::Receiver<bool>,
}

impl Writer {
    async fn run(mut self) {
        let (mut last, mut lacks) = (0, false);
        loop {
            let mut entries = self.world.journal.next_after(last, Duration::MAX).await;
            // There is nothing only when the mock is told to stop; it still gives the answers under way.
            let is_end = entries.is_empty();
            if is_end {
                told_to_stop(&mut self.closed).await;
                entries = self.world.journal.after(last);
            }
            if let [first, ..] = &*entries
                && first.number > last + 1
                && !std::mem::replace(&mut lacks, true)
            {
                (self.tell)(format!(
                    "the journal in {} lacks the entries {} to {}, which came faster than they could be written; the \
                     numbers of its lines show what else it lacks",
                    self.file.path.display(),
                    last + 1,
                    first.number - 1
                ));
            }
            last = entries.last().map_or(last, |entry| entry.number);
            let (mut file, world) = (self.file, self.world.clone());
            // Secrets are looked for everywhere, and a disk may take its time: neither is to hold up an answer.
            let Ok(file) = spawn_blocking(move || {
                file.rest.extend_from_slice(&lines(&world, &entries));
                file
            })
            .await
            else {
                return;
            };
            let Some(file) = write(file, &mut self.closed, self.tell).await else { return };
            self.file = file;
            if is_end {
                return;
            }
        }
    }
}

/// Writes until nothing is left, however often it takes; `None` if it is over before that.
async fn write(mut file: JournalFile, closed: &mut watch::Receiver<bool>, tell: fn(String)) -> Option<JournalFile> {
    let mut failed = false;
    loop {
        let is_closed = *closed.borrow();
        let (back, written) = spawn_blocking(move || {
            let written = file.write();
            (file, written)
        })
        .await
        .ok()?;
        file = back;
        let shown = file.path.display();
        match written {
            Ok(()) if failed => tell(format!("the journal is written to {shown} again")),
            Ok(()) => {}
            Err(error) if is_closed => {
                tell(format!("the journal in {shown} lacks its end, which can't be written: {error}"));
                return None;
            }
            Err(error) => {
                if !std::mem::replace(&mut failed, true) {
                    tell(format!(
                        "the journal can't be written to {shown}: {error}; the mock answers all the same, and tries it \
                         again each second"
                    ));
                }
                tokio::select! {
                    () = sleep(PAUSE) => {}
                    () = told_to_stop(closed) => {}
                }
                continue;
            }
        }
        return Some(file);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;

    use super::*;
    use crate::mock::{control::Settings, journal::Event, thumbtack::clients::Registry, worlds::Worlds};

    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[tokio::test]
    async fn what_the_ring_lost_before_it_was_written_is_told() {
        let worlds = Worlds::new("http://mock.example".to_owned(), Settings::default(), Registry::own(), None);
        let world = worlds.get("default").unwrap();
        for _ in 0..10_003 {
            world.journal.keep(1, 1, Event::Order(json!("rotate_keys"), None));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.ndjson");
        let file = JournalFile::open(&path).unwrap();
        let writing = Writing::begin(file, world, |told| TOLD.lock().unwrap().push(told));
        worlds.stopping().send_replace(true);
        writing.finish(Duration::from_secs(5)).await;
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written.lines().count(), 10_000);
        assert!(written.starts_with(r#"{"number":4,"#), "{}", written.lines().next().unwrap());
        let told = TOLD.lock().unwrap();
        assert!(told.len() == 1 && told[0].contains("lacks the entries 1 to 3, "), "{told:?}");
    }
}
