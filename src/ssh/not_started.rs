//! The error of a program that could not be started here.

use std::io;

use crate::budget::is_short_of_descriptors;
use crate::error::{SshError, SshFault};

pub(super) fn not_started(program: &str, error: &io::Error) -> SshError {
    let fault = match error.kind() {
        _ if is_short_of_descriptors(error) => SshFault::NoDescriptor,
        io::ErrorKind::NotFound if program == "ssh" => SshFault::NoProgram,
        _ => SshFault::Other,
    };
    SshError { fault, said: format!("{program}: {error}") }
}
