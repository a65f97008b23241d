//! Fetches upstream's description of a version for the command line. Takes a version and an address; returns the text,
//! in bounded time and size, or a problem that says what can be done.

use std::error::Error;
use std::io::Read;
use std::time::Duration;

use dockwright_codegen::overlay::parse_version;
use dockwright_codegen::parse::LARGEST_FILE_BYTES;
use dockwright_codegen::problem::Problem;
use dockwright_codegen::{import, parse};
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};

/// The address of a version's description, where upstream keeps it.
pub const ADDRESS: &str = "https://raw.githubusercontent.com/moby/moby/master/api/docs/v{version}.yaml";

/// The part of an address that the version replaces.
const VERSION: &str = "{version}";

/// A description as it was fetched.
pub struct Fetched {
    /// Its address, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Fetches the description of a version. All of it must arrive within the time.
pub fn fetch(version: &str, address: &str, time: Duration) -> Result<Fetched, Problem> {
    if parse_version(version).is_none() {
        return Err(Problem::with_file(version, "not a version such as `1.56`", "name one"));
    }
    if !address.contains(VERSION) {
        let what = format!("the address lacks `{VERSION}`");
        return Err(Problem::with_file(address, what, "write it where the version stands"));
    }
    let name = address.replace(VERSION, version);
    let text = body(&name, get(&name, time)?, time)?;
    check_version(&name, &text, version)?;
    Ok(Fetched { name, text })
}

fn get(address: &str, time: Duration) -> Result<Response, Problem> {
    // Fails only if a provider is there already, and any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().timeout(time).connect_timeout(time.min(Duration::from_secs(10))).build();
    let response = client.and_then(|client| client.get(address).send());
    let response = response.map_err(|error| unreachable(address, &error, error.is_timeout(), time))?;
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::NOT_FOUND => {
            let remedy = "name a version that is released, or the place of its file with `--address`";
            Err(Problem::with_file(address, "not there (404)", remedy))
        }
        status => Err(Problem::with_file(address, format!("the server answers {status}"), OTHERWISE)),
    }
}

const OTHERWISE: &str = "try again, name another place with `--address`, or fetch the file yourself and name it";

fn body(address: &str, response: Response, time: Duration) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    // One byte beyond the limit reveals an answer that is too large, even an endless one.
    response.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| {
        let is_late = error.get_ref().and_then(|error| error.downcast_ref::<reqwest::Error>());
        let is_late = is_late.is_some_and(reqwest::Error::is_timeout);
        unreachable(address, &error, is_late, time)
    })?;
    if bytes.len() as u64 > LARGEST_FILE_BYTES {
        let what = format!("larger than {} MiB", LARGEST_FILE_BYTES >> 20);
        return Err(Problem::with_file(address, what, NO_DESCRIPTION));
    }
    String::from_utf8(bytes).map_err(|_| Problem::with_file(address, "not text", NO_DESCRIPTION))
}

const NO_DESCRIPTION: &str = "check that the address leads to a description, and not to a page about it";

fn unreachable(address: &str, error: &dyn Error, is_late: bool, time: Duration) -> Problem {
    if is_late {
        let what = format!("did not arrive within {} seconds", time.as_secs_f64());
        return Problem::with_file(
            address,
            what,
            "allow more with `--seconds`, or fetch the file yourself and name it",
        );
    }
    // The first error names the address again; the last one says why.
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Problem::with_file(address, format!("cannot be fetched: {cause}"), OTHERWISE)
}

/// Checks that the text describes the version, so that a page of errors or a moved file is not adopted.
fn check_version(address: &str, text: &str, version: &str) -> Result<(), Problem> {
    let is_elsewhere = |problem| Problem { remedy: NO_DESCRIPTION.to_owned(), ..problem };
    let description = parse::parse(address, text).map_err(is_elsewhere)?;
    if description.get("swagger").is_none() {
        return Err(Problem::with_file(address, "not Swagger 2.0", NO_DESCRIPTION));
    }
    let description = import::import(address, &description)?;
    match import::version(&description) {
        Some(found) if found != version => {
            Err(Problem::with_file(address, format!("describes {found}, not {version}"), "fix the address"))
        }
        _ => Ok(()),
    }
}
