//! The three things that are built before anything runs: the terminal's wasm, the screens, the Worker.

use std::{ffi::OsString, fs, path::Path};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::{
    exec::Run,
    npm, say,
    stamp::Stamp,
    toolchain::{self, WASM_TARGET, WasmToolchain},
    workspace::Workspace,
};

/// What `cargo xtask build` can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Artifact {
    /// The Worker: `build/`.
    Worker,
    /// The screens: `frontend/dist/` (needs the terminal's wasm, which is made first).
    Frontend,
    /// The terminal's pricing rules: `frontend/src/wasm/`.
    Terminal,
    /// Everything.
    All,
}

/// What rustc and wasm-bindgen put into a module; anything newer must not be invented by wasm-opt.
const WASM_FEATURES: [&str; 6] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
];

/// The release profile is for native tools, and fast; wasm that travels is to be small.
const OPTIMISE_VARIABLE: &str = "CARGO_PROFILE_RELEASE_OPT_LEVEL";

/// Makes sure that what was asked for is built and up to date.
///
/// # Errors
/// A sentence with the end of the failing tool's output.
pub fn ensure(workspace: &Workspace, wanted: Artifact) -> Result<()> {
    npm::ensure(workspace)?;
    if wanted == Artifact::Worker {
        return worker(workspace, &wasm(workspace)?, Size::AsLinked);
    }
    let toolchain = wasm(workspace)?;
    terminal(workspace, &toolchain)?;
    if wanted != Artifact::Terminal {
        frontend(workspace)?;
    }
    if wanted == Artifact::All { worker(workspace, &toolchain, Size::AsLinked) } else { Ok(()) }
}

/// The compiler and the tools for wasm.
fn wasm(workspace: &Workspace) -> Result<WasmToolchain> {
    let toolchain = toolchain::ensure_wasm(workspace)?;
    toolchain::ensure_wasm_tools(workspace)?;
    Ok(toolchain)
}

/// How much work goes into making the Worker small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// As it comes out of the linker: for this machine. wasm-opt takes half a minute for six hundredths.
    AsLinked,
    /// As small as it gets: for a deployment.
    Least,
}

impl Size {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::AsLinked => &["--release", "--no-opt"],
            Self::Least => &["--release"],
        }
    }

    /// How the release profile is bent. On this machine the next build counts, not the module's size: without
    /// link-time optimisation, in many small units that are kept from one build to the next.
    fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::AsLinked => &[
                (OPTIMISE_VARIABLE, "1"),
                ("CARGO_PROFILE_RELEASE_LTO", "off"),
                ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64"),
                ("CARGO_PROFILE_RELEASE_INCREMENTAL", "true"),
            ],
            Self::Least => &[(OPTIMISE_VARIABLE, "s")],
        }
    }

    /// Each way has a folder of its own, or each would throw away what the other built.
    fn target(self) -> &'static str {
        match self {
            Self::AsLinked => "target/wasm",
            Self::Least => "target/wasm-least",
        }
    }
}

/// Builds everything for a deployment, the Worker as small as it gets.
///
/// # Errors
/// As [`ensure`].
pub fn ensure_deployable(workspace: &Workspace) -> Result<()> {
    ensure(workspace, Artifact::Frontend)?;
    worker(workspace, &wasm(workspace)?, Size::Least)
}

/// Builds another Worker crate, as small as it gets, into its own folder's `build/`.
///
/// # Errors
/// As [`ensure`].
pub fn ensure_crate(workspace: &Workspace, folder: &str) -> Result<()> {
    let toolchain = wasm(workspace)?;
    let stamp = Stamp::of(
        workspace,
        &folder.replace('/', "-"),
        &["Cargo.toml", "Cargo.lock", folder],
        &[],
        &[&toolchain.version()],
    )?;
    let result = workspace.path(folder).join("build/index.js");
    if stamp.is_fresh(&result) {
        return Ok(());
    }
    say::step(&format!("Building {folder}"), |step| {
        Run::new(workspace, "build-crate", workspace.cargo_tool("worker-build"))
            .folder(workspace.path(folder))
            .args(Size::Least.arguments())
            .args(["."])
            .envs(toolchain.variables())
            .envs(tool_variables(workspace))
            .env("CARGO_TARGET_DIR", workspace.path(Size::Least.target()))
            .envs(
                Size::Least
                    .variables()
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), OsString::from(value))),
            )
            .succeed(step)?;
        if !result.exists() {
            bail!("worker-build ended well but left no {}", result.display());
        }
        stamp.keep()
    })
}

fn worker(workspace: &Workspace, toolchain: &WasmToolchain, size: Size) -> Result<()> {
    let stamp = Stamp::of(
        workspace,
        "worker",
        &["Cargo.toml", "Cargo.lock", "src", "domain", "projections", "migrations"],
        &["src/entry.mjs"],
        &[&toolchain.version(), &format!("{size:?}")],
    )?;
    let result = workspace.path("build/index.js");
    if stamp.is_fresh(&result) {
        return Ok(());
    }
    say::step("Building the Worker", |step| {
        Run::new(workspace, "build-worker", workspace.cargo_tool("worker-build"))
            // The workspace's default members are the native crates; the Worker has to be named.
            .args(size.arguments())
            .args([".", "--", "--package", "hangtag"])
            .envs(toolchain.variables())
            .envs(tool_variables(workspace))
            .env("CARGO_TARGET_DIR", workspace.path(size.target()))
            .envs(size.variables().iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))))
            .succeed(step)?;
        if !result.exists() {
            bail!("worker-build ended well but left no {}", result.display());
        }
        stamp.keep()
    })
}

/// Programs that `worker-build` would otherwise download.
fn tool_variables(workspace: &Workspace) -> Vec<(String, OsString)> {
    [
        ("WASM_BINDGEN_BIN", workspace.cargo_tool("wasm-bindgen")),
        ("WASM_OPT_BIN", workspace.npm_tool("wasm-opt")),
        ("ESBUILD_BIN", workspace.npm_tool("esbuild")),
    ]
    .map(|(name, path)| (name.to_owned(), path.into_os_string()))
    .to_vec()
}

fn terminal(workspace: &Workspace, toolchain: &WasmToolchain) -> Result<()> {
    let stamp = Stamp::of(
        workspace,
        "terminal",
        &["Cargo.toml", "Cargo.lock", "domain"],
        &[],
        &[&toolchain.version()],
    )?;
    let folder = workspace.path("frontend/src/wasm");
    if stamp.is_fresh(&folder.join("hangtag_terminal_bg.wasm")) {
        return Ok(());
    }
    say::step("Building the terminal's rules", |step| {
        // A target folder of its own: worker-build compiles wasm-bindgen's macros in another mode, and cargo
        // does not see the difference.
        let target = workspace.path("target/terminal");
        Run::new(workspace, "build-terminal", "cargo")
            .args(["build", "--release", "--package", "hangtag-terminal", "--lib", "--target", WASM_TARGET])
            .envs(toolchain.variables())
            .env("CARGO_TARGET_DIR", &target)
            .env(OPTIMISE_VARIABLE, "z")
            .succeed(step)?;
        let module = target.join(WASM_TARGET).join("release/hangtag_terminal.wasm");
        let fresh = workspace.tooling("terminal-wasm");
        Run::new(workspace, "bindgen-terminal", workspace.cargo_tool("wasm-bindgen"))
            .args(["--target", "web", "--out-dir"])
            .args([&fresh, &module])
            .succeed(step)?;
        shrink(workspace, step, &fresh.join("hangtag_terminal_bg.wasm"))?;
        lay_out(&fresh, &folder)?;
        stamp.keep()
    })
}

/// Makes a module small in place: a terminal loads it over a hall's network.
fn shrink(workspace: &Workspace, step: &say::Step, module: &Path) -> Result<()> {
    Run::new(workspace, "wasm-opt-terminal", workspace.npm_tool("wasm-opt"))
        .args(["-Oz", "-o"])
        .args([module, module])
        .args(WASM_FEATURES)
        .succeed(step)?;
    Ok(())
}

fn lay_out(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)?.flatten() {
        fs::copy(entry.path(), to.join(entry.file_name()))
            .with_context(|| format!("{} cannot be written", to.display()))?;
    }
    Ok(())
}

fn frontend(workspace: &Workspace) -> Result<()> {
    let stamp = Stamp::of(workspace, "frontend", &["frontend", "package-lock.json"], &[], &[])?;
    let result = workspace.path("frontend/dist/index.html");
    if stamp.is_fresh(&result) {
        return Ok(());
    }
    say::step("Building the screens", |step| {
        Run::new(workspace, "build-frontend", "npm")
            .args(["run", "build", "--workspace", "frontend"])
            .succeed(step)?;
        if !result.exists() {
            bail!("the build of the screens ended well but left no {}", result.display());
        }
        stamp.keep()
    })
}
