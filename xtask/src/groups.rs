//! Processes that never outlive us: each runs in its own process group, and the whole group ends together.
//!
//! Killing only a parent leaves its children with their ports (wrangler's workerd, for one), so every stop
//! here is SIGTERM to the group, a short wait, then SIGKILL to the group.

use std::{
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI32, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use nix::{
    errno::Errno,
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

/// How long a group may take to end by itself; workerd flushes its databases well within it.
const GRACE: Duration = Duration::from_secs(5);

/// How long a killed group may take to disappear.
const AFTER_KILL: Duration = Duration::from_secs(2);

/// How often a wait looks again.
const POLL: Duration = Duration::from_millis(20);

/// Exit code of a command that was interrupted: 128 + SIGINT, as shells have it.
const INTERRUPTED: i32 = 130;

static RUNNING: Mutex<Vec<Group>> = Mutex::new(Vec::new());
static EXIT_CODE: AtomicI32 = AtomicI32::new(INTERRUPTED);

/// A running process group. Clones stand for the same group.
#[derive(Debug, Clone)]
pub struct Group {
    leader: Arc<Mutex<Child>>,
    id: Pid,
}

/// A lock whose holder panicked still guards a usable child: the process is there either way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Group {
    /// Starts `command` as the leader of a new group and remembers it until it has ended.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child =
            command.process_group(0).spawn().with_context(|| format!("`{program}` could not be started"))?;
        let id = Pid::from_raw(i32::try_from(child.id()).context("a process id beyond i32")?);
        let group = Self { leader: Arc::new(Mutex::new(child)), id };
        lock(&RUNNING).push(group.clone());
        Ok(group)
    }

    /// The leader's exit status, once it has ended.
    ///
    /// # Errors
    /// When the operating system cannot say.
    pub fn ended(&self) -> Result<Option<ExitStatus>> {
        Ok(lock(&self.leader).try_wait()?)
    }

    /// Waits for the leader, at most until `deadline`; `None` when the time ran out.
    ///
    /// # Errors
    /// When the operating system cannot say.
    pub fn wait_until(&self, deadline: Option<Instant>) -> Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(None);
            }
            std::thread::sleep(POLL);
        }
    }

    /// Ends the whole group, gently first.
    pub fn stop(&self) {
        self.ask();
        self.finish(Instant::now() + GRACE);
        lock(&RUNNING).retain(|other| other.id != self.id);
    }

    /// Kills the whole group at once, giving nobody in it a chance to tidy up.
    pub fn kill(&self) {
        self.finish(Instant::now());
        lock(&RUNNING).retain(|other| other.id != self.id);
    }

    /// Takes the leader's input pipe, when it was started with one.
    pub fn take_input(&self) -> Option<std::process::ChildStdin> {
        lock(&self.leader).stdin.take()
    }

    fn ask(&self) {
        let _ = killpg(self.id, Signal::SIGTERM);
    }

    fn finish(&self, deadline: Instant) {
        if Instant::now() < deadline && self.gone_by(deadline) {
            return;
        }
        let _ = killpg(self.id, Signal::SIGKILL);
        self.gone_by(Instant::now() + AFTER_KILL);
    }

    fn gone_by(&self, deadline: Instant) -> bool {
        loop {
            // Reaping the leader first: a group whose only member is a zombie still answers signals.
            let _ = self.ended();
            if killpg(self.id, None) == Err(Errno::ESRCH) {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(POLL);
        }
    }
}

/// Ends every group that still runs, all at once rather than one after the other.
pub fn stop_all() {
    let running: Vec<Group> = lock(&RUNNING).drain(..).collect();
    for group in &running {
        group.ask();
    }
    let deadline = Instant::now() + GRACE;
    for group in &running {
        group.finish(deadline);
    }
}

/// From now on, an interrupt (Ctrl-C, SIGTERM, SIGHUP) stops everything and leaves with this exit code.
pub fn exit_code_on_interrupt(code: i32) {
    EXIT_CODE.store(code, Ordering::Relaxed);
}

/// Makes interrupts stop every group before we leave.
///
/// # Errors
/// When the handler cannot be installed.
pub fn handle_interrupts() -> Result<()> {
    ctrlc::set_handler(|| {
        stop_all();
        std::process::exit(EXIT_CODE.load(Ordering::Relaxed));
    })
    .context("the handler for Ctrl-C could not be installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stopping_ends_the_leader_and_its_children() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & sleep 60 & wait"]);
        let group = Group::start(&mut command).expect("sh starts");
        group.stop();
        assert_eq!(killpg(group.id, None), Err(Errno::ESRCH), "nothing of the group is left");
    }

    #[test]
    fn a_leader_that_ignores_the_request_is_killed() {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; while :; do sleep 1; done"]);
        let group = Group::start(&mut command).expect("sh starts");
        std::thread::sleep(Duration::from_millis(100));
        group.finish(Instant::now());
        assert!(group.ended().expect("its status is known").is_some());
    }
}
