//! The one runtime of the process, and the only place that blocks on async code.

use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

/// How long the end of the runtime may take.
const LONGEST_END: Duration = Duration::from_millis(100);

/// The runtime on which everything talks.
#[derive(Debug)]
pub struct OneRuntime {
    runtime: Runtime,
}

impl OneRuntime {
    /// Starts it, with a worker for each core.
    pub fn start() -> io::Result<Self> {
        Ok(Self { runtime: Builder::new_multi_thread().enable_all().thread_name("tacktest").build()? })
    }

    /// Ends it without waiting for what the system does not give back, such as the address of a name.
    pub fn end(self) {
        self.runtime.shutdown_timeout(LONGEST_END);
    }

    /// Starts one for `future` alone, waits for that on this thread, and ends it.
    pub fn run<F: Future>(future: F) -> io::Result<F::Output> {
        let runtime = Self::start()?;
        let output = runtime.block_on(future);
        runtime.end();
        Ok(output)
    }

    /// Where tasks are spawned.
    pub fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Waits for `future` on this thread, which must be no worker of the runtime.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_the_system_does_not_give_back_is_not_waited_for() {
        let started = Instant::now();
        let answer = OneRuntime::run(async {
            // As a look-up of a name: nobody waits for it any more, and it can't be cancelled.
            drop(tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_secs(20))));
            7
        });
        assert_eq!(answer.unwrap(), 7);
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
