//! The Rust side of the toolchain: a compiler that can make wasm, and the tools that cargo installs.
//!
//! Order of ways to a wasm32 target: what is there already; `rustup target add`; Debian's compiler with its
//! own sources, from which the standard library is built once (as root, since it goes beside that compiler).

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    apt,
    exec::{Run, ask},
    lockfile,
    say::{self, Step},
    workspace::Workspace,
};

/// The only target that the Worker and the terminal are built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The name under which Debian's compiler is known to rustup.
const DEBIAN: &str = "debian";

/// Where Debian's compiler lives.
const DEBIAN_PREFIX: &str = "/usr";

/// Setting this variable to `debian` skips rustup's own target: for trying the fallback on a machine that
/// does not need it.
const FORCE_VARIABLE: &str = "HANGTAG_WASM_TOOLCHAIN";

/// A download of 20 MB; a network that is slower than this is broken.
const TARGET_ADD_LIMIT: Duration = Duration::from_mins(3);

/// cargo-deny's version; nothing in `Cargo.lock` ties it.
const CARGO_DENY_VERSION: &str = "0.20.2";

/// The version of `cargo mutants` that names mutants as `docs/mutation.md` does.
const CARGO_MUTANTS_VERSION: &str = "27.1.0";

/// A toolchain that can build for wasm32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WasmToolchain {
    /// The one that built us.
    Default,
    /// Debian's, linked into rustup.
    Debian,
}

impl WasmToolchain {
    /// Variables that make `cargo` use this toolchain.
    pub fn variables(&self) -> Vec<(String, OsString)> {
        match self {
            Self::Default => Vec::new(),
            Self::Debian => vec![("RUSTUP_TOOLCHAIN".to_owned(), DEBIAN.into())],
        }
    }

    /// Whether clippy comes with it (Debian ships it apart, for another version).
    pub fn has_clippy(&self) -> bool {
        *self == Self::Default
    }

    /// The compiler's own word about its version, for stamps.
    pub fn version(&self) -> String {
        let variables: &[(&str, &str)] = match self {
            Self::Default => &[],
            Self::Debian => &[("RUSTUP_TOOLCHAIN", DEBIAN)],
        };
        ask("rustc", &["--version"], variables).unwrap_or_default()
    }
}

/// Finds or makes a toolchain for wasm32.
///
/// # Errors
/// A sentence that says what to install when it cannot be done here.
pub fn ensure_wasm(workspace: &Workspace) -> Result<WasmToolchain> {
    let forced = std::env::var(FORCE_VARIABLE).is_ok_and(|value| value == DEBIAN);
    if !forced && has_std(&libdir("rustc", &[])) {
        return Ok(WasmToolchain::Default);
    }
    if debian_is_linked() && has_std(&libdir("rustc", &[("RUSTUP_TOOLCHAIN", DEBIAN)])) {
        return Ok(WasmToolchain::Debian);
    }
    if !forced && say::step("Adding the wasm32 target", |step| add_target(workspace, step))? {
        return Ok(WasmToolchain::Default);
    }
    say::step("Building the wasm32 standard library (once)", |step| make_debian(workspace, step))?;
    Ok(WasmToolchain::Debian)
}

fn libdir(rustc: &str, variables: &[(&str, &str)]) -> PathBuf {
    ask(rustc, &["--print", "target-libdir", "--target", WASM_TARGET], variables)
        .map_or_else(PathBuf::new, PathBuf::from)
}

fn has_std(libdir: &Path) -> bool {
    let Ok(entries) = fs::read_dir(libdir) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}

fn debian_is_linked() -> bool {
    ask("rustup", &["toolchain", "list"], &[])
        .is_some_and(|list| list.lines().any(|line| line.split_whitespace().next() == Some(DEBIAN)))
}

/// `rustup target add`; says whether it worked, because there is another way.
fn add_target(workspace: &Workspace, step: &Step) -> Result<bool> {
    if ask("rustup", &["--version"], &[]).is_none() {
        return Ok(false);
    }
    let run = Run::new(workspace, "rustup-target", "rustup")
        .args(["target", "add", WASM_TARGET])
        .limit(TARGET_ADD_LIMIT);
    Ok(run.finish(Some(step))?.success && has_std(&libdir("rustc", &[])))
}

fn make_debian(workspace: &Workspace, step: &Step) -> Result<()> {
    if ask("rustup", &["--version"], &[]).is_none() {
        bail!(
            "this Rust cannot build for {WASM_TARGET}: install Rust with rustup, or your system's package of that target, and start again"
        );
    }
    apt::ensure(
        workspace,
        step,
        &["rustc-web", "cargo-web", "rust-web-src"],
        || Path::new("/usr/bin/rustc").exists() && Path::new("/usr/lib/rustlib/src/rust/library").exists(),
        "the wasm32 target could not be fetched by `rustup target add wasm32-unknown-unknown`",
    )?;
    let rustlib = Path::new(DEBIAN_PREFIX).join("lib/rustlib");
    build_std(workspace, step, &rustlib)?;
    link_linker(&rustlib)?;
    Run::new(workspace, "rustup-link", "rustup")
        .args(["toolchain", "link", DEBIAN, DEBIAN_PREFIX])
        .succeed(step)?;
    if !has_std(&libdir("rustc", &[("RUSTUP_TOOLCHAIN", DEBIAN)])) {
        bail!(
            "the standard library for {WASM_TARGET} was built but its compiler does not see it; see .hangtag/log/wasm-std.log"
        );
    }
    Ok(())
}

/// Builds the standard library with embedded bitcode (link-time optimisation needs it) and lays it where
/// Debian's compiler looks. An empty crate is the excuse for the build; its own library is left behind.
fn build_std(workspace: &Workspace, step: &Step, rustlib: &Path) -> Result<()> {
    let excuse = workspace.tooling("wasm-std");
    fs::create_dir_all(excuse.join("src"))?;
    fs::write(
        excuse.join("Cargo.toml"),
        "[package]\nname = \"wasm-std-excuse\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    fs::write(excuse.join("src/lib.rs"), "")?;
    Run::new(workspace, "wasm-std", "/usr/bin/cargo")
        .folder(&excuse)
        .args(["build", "--release", "--target", WASM_TARGET, "-Z", "build-std=std,panic_abort,proc_macro"])
        .args(["--target-dir", "target"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .succeed(step)?;
    let libraries = excuse.join("target").join(WASM_TARGET).join("release/deps");
    let folder = rustlib.join(WASM_TARGET).join("lib");
    fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be written: run this once as root", folder.display()))?;
    for entry in fs::read_dir(&libraries)?.flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.contains("wasm_std_excuse") {
            fs::copy(entry.path(), folder.join(&name))?;
        }
    }
    // Objects made with another std must not be mixed with this one.
    let _ = fs::remove_dir_all(workspace.path("target/wasm"));
    for folder in ["target/wasm-least", "target/terminal"] {
        let _ = fs::remove_dir_all(workspace.path(folder));
    }
    Ok(())
}

/// Debian's compiler comes without `rust-lld`: lend it the one of the rustup toolchain.
fn link_linker(rustlib: &Path) -> Result<()> {
    let host = ask("rustc", &["--print", "host-tuple"], &[])
        .context("rustc does not say for which machine it is")?;
    let sysroot = ask("rustc", &["--print", "sysroot"], &[]).context("rustc does not say where it lives")?;
    let linker = Path::new(&sysroot).join("lib/rustlib").join(&host).join("bin/rust-lld");
    if !linker.exists() {
        bail!("{} is missing: reinstall Rust with rustup", linker.display());
    }
    let folder = rustlib.join(&host).join("bin");
    fs::create_dir_all(&folder)?;
    let link = folder.join("rust-lld");
    if fs::symlink_metadata(&link).is_err() {
        std::os::unix::fs::symlink(&linker, &link)
            .with_context(|| format!("{} cannot be made: run this once as root", link.display()))?;
    }
    Ok(())
}

/// A program that cargo installs into the checkout's own folder.
struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Whether the package's own lock file builds.
    locked: bool,
}

/// The tools that turn a crate into a Worker, in the versions that `Cargo.lock` asks for.
///
/// # Errors
/// When `Cargo.lock` names no such package, or a tool cannot be built.
pub fn ensure_wasm_tools(workspace: &Workspace) -> Result<()> {
    let lock = lockfile::CargoLock::read(workspace)?;
    let bindgen = CargoTool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: lock.version("wasm-bindgen")?,
        locked: false,
    };
    let worker_build = CargoTool {
        package: "worker-build",
        program: "worker-build",
        version: lock.version("worker")?,
        locked: true,
    };
    install(workspace, &bindgen)?;
    install(workspace, &worker_build)
}

/// `cargo deny`, for the checks of dependencies.
///
/// # Errors
/// When it cannot be built.
pub fn ensure_cargo_deny(workspace: &Workspace) -> Result<()> {
    let tool = CargoTool {
        package: "cargo-deny",
        program: "cargo-deny",
        version: CARGO_DENY_VERSION.to_owned(),
        locked: true,
    };
    install(workspace, &tool)
}

/// `cargo mutants`, for the proof that the tests see.
///
/// # Errors
/// When it cannot be built.
pub fn ensure_cargo_mutants(workspace: &Workspace) -> Result<()> {
    let tool = CargoTool {
        package: "cargo-mutants",
        program: "cargo-mutants",
        version: CARGO_MUTANTS_VERSION.to_owned(),
        locked: true,
    };
    install(workspace, &tool)
}

/// Installs a tool unless it is there. Optimisation is low: building it faster saves more than it costs.
fn install(workspace: &Workspace, tool: &CargoTool) -> Result<()> {
    let root = workspace.tooling("tools");
    let record = fs::read_to_string(root.join(".crates.toml")).unwrap_or_default();
    let installed = record.contains(&format!("\"{} {} ", tool.package, tool.version));
    if installed && workspace.cargo_tool(tool.program).exists() {
        return Ok(());
    }
    say::step(&format!("Building {} {} (once)", tool.package, tool.version), |step| {
        let mut arguments = vec![
            "install".to_owned(),
            "--root".to_owned(),
            root.display().to_string(),
            format!("{}@{}", tool.package, tool.version),
        ];
        if tool.locked {
            arguments.push("--locked".to_owned());
        }
        Run::new(workspace, tool.package, "cargo")
            .folder(workspace.tooling("."))
            .args(arguments)
            .env("CARGO_TARGET_DIR", workspace.tooling("tools-target"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .succeed(step)?;
        Ok(())
    })
}
