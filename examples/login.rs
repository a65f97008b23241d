//! Shows as whom this user is logged in to registries, without any secret: for a program that speaks to a registry
//! itself and wants the logins of `docker login`.
//!
//! ```sh
//! cargo run --example login -- docker.io ghcr.io
//! ```

use std::process::ExitCode;

use dockwright::Credentials;

#[tokio::main]
async fn main() -> ExitCode {
    let registries: Vec<String> = std::env::args().skip(1).collect();
    if registries.is_empty() {
        eprintln!("login: usage: login REGISTRY…");
        return ExitCode::FAILURE;
    }
    let credentials = Credentials::from_docker_config();
    let mut missing = false;
    for registry in registries {
        match credentials.login_for(&registry).await {
            // The password or token itself is `login.secret().reveal()`.
            Some(login) if login.username().is_empty() => println!("{registry}: a token"),
            Some(login) => println!("{registry}: {}", login.username()),
            None => {
                println!("{registry}: no login");
                missing = true;
            }
        }
    }
    if !missing {
        return ExitCode::SUCCESS;
    }
    for problem in credentials.survey().await.problems {
        eprintln!("login: {problem}");
    }
    ExitCode::FAILURE
}
