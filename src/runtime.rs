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

    /// Starts one for `future` alone and waits for that on this thread.
    pub fn run<F: Future>(future: F) -> io::Result<F::Output> {
        Ok(Self::start()?.block_on(future))
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
