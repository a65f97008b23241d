//! The process of a helper: its input in, its output out. Nothing of it is left after its time, and after a call that
//! is dropped.

use std::io;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

#[cfg(unix)]
use crate::process_group::ProcessGroup;

/// The most bytes of an answer. A login has some kilobytes at most, a list a few dozen bytes for each registry.
const ANSWER_BYTES: usize = 256 * 1024;

/// The time for the rest of an answer after the end of the process. An agent that it started may hold the pipe for
/// longer.
const REST: Duration = Duration::from_millis(200);

/// Runs a program. It is killed with all processes that it started when the limit has passed, when its answer is too
/// long, and when the future is dropped; on Windows, it alone is. An agent that it started runs on after its answer.
///
/// # Errors
/// `NotFound` if there is no such program, `TimedOut` after the limit.
pub(super) async fn run(mut command: Command, input: &str, limit: Duration) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    // A system without a shell has no helpers that are scripts, and the program itself is killed all the same.
    #[cfg(unix)]
    let group = ProcessGroup::new("", &[]).ok().inspect(|group| group.join(&mut command));
    let mut child = command.spawn()?;
    let output = timeout(limit, answer(&mut child, input)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    #[cfg(unix)]
    group.into_iter().for_each(ProcessGroup::release);
    Ok(output)
}

/// Gives a child its input and reads its output, until it has ended.
async fn answer(child: &mut Child, input: &str) -> io::Result<Output> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        // A helper that ends without reading breaks the pipe, and its answer counts all the same. The end of the input
        // comes with the drop.
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        Ok(())
    };
    let (mut answer, mut words) = (Vec::new(), Vec::new());
    let mut talk =
        Box::pin(async { tokio::try_join!(write, read(stdout, &mut answer), read(stderr, &mut words)).map(drop) });
    let status = tokio::select! {
        end = &mut talk => {
            end?;
            child.wait().await?
        }
        status = child.wait() => {
            if let Ok(end) = timeout(REST, &mut talk).await {
                end?;
            }
            status?
        }
    };
    drop(talk);
    Ok(Output { status, stdout: answer, stderr: words })
}

async fn read(output: Option<impl AsyncRead + Unpin>, bytes: &mut Vec<u8>) -> io::Result<()> {
    let Some(mut output) = output else { return Ok(()) };
    while output.read_buf(bytes).await? > 0 {
        if bytes.len() > ANSWER_BYTES {
            return Err(io::Error::other(format!("its answer has more than {ANSWER_BYTES} bytes")));
        }
    }
    Ok(())
}
