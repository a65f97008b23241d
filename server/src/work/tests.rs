//! Work without an engine: names, ends, what is kept and for how long.

use std::future::pending;

use serde_json::json;

use super::shelf::{KEPT, OUTCOME_BYTES, OUTCOMES};
use super::*;
use crate::audit::tests::LineBuffer;
use crate::facets::SeenFacets;
use crate::secrets::Safe;

fn registry() -> (Registry, LineBuffer) {
    let lines = LineBuffer::default();
    let facts = CallFacts { tool: "dig".to_owned(), target: Some("hole".to_owned()), ..CallFacts::default() };
    (Registry::new(Audit::to_writer(lines.clone())).for_call(Arc::new(facts)), lines)
}

fn call() -> WorkCall {
    WorkCall { tool: "dig", about: Safe::default(), facets: SeenFacets::default(), when_abandoned: "It stays." }
}

fn reply(bytes: usize) -> ToolReply {
    ToolReply::whole(json!("x".repeat(bytes)))
}

async fn ended(registry: &Registry, bytes: usize) -> Arc<Work> {
    let work = registry.start(call(), None, true, |_| async move { Ok(reply(bytes)) }).ok().unwrap().work;
    work.wait(&Progress::default()).await;
    work
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_kept_for_an_hour() {
    let (registry, _) = registry();
    let work = ended(&registry, 1).await;
    tokio::time::advance(KEPT - std::time::Duration::from_secs(1)).await;
    assert!(registry.find(&work.name).is_ok());
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    let problem = registry.find(&work.name).err().unwrap().to_string();
    assert!(problem.contains("no work is named `dig-1`"), "{problem}");
}

#[tokio::test]
async fn outcomes_are_bounded_by_number_and_bytes_and_the_newest_stays() {
    let (registry, _) = registry();
    for _ in 0..OUTCOMES + 5 {
        ended(&registry, 1).await;
    }
    let list = registry.list();
    assert_eq!((list.len(), list[0].name.as_str()), (OUTCOMES, "dig-261"));
    ended(&registry, OUTCOME_BYTES + 1).await;
    assert_eq!(registry.list().iter().map(|work| work.name.as_str()).collect::<Vec<_>>(), ["dig-262"]);
}

#[tokio::test]
async fn a_panic_and_an_abort_are_ends_and_the_audit_trail_tells_of_each() {
    let (registry, lines) = registry();
    let broken = registry.start(call(), None, true, |_| async { panic!("on purpose") }).ok().unwrap().work;
    let end = broken.wait(&Progress::default()).await;
    let words = broken.result(&end, None).unwrap_err().to_string();
    assert_eq!(words, "dig-1: a bug in dockwright; its log on stderr says more");
    let endless = registry.start(call(), None, true, |_| pending()).ok().unwrap().work;
    assert_eq!(endless.cancel().await.outcome.state(), "cancelled");
    ended(&registry, 1).await;
    assert_eq!(lines.lines("begin").len(), 3);
    let told = lines.lines("end");
    let told: Vec<_> = told.iter().map(|line| (&line["work"], &line["outcome"], &line["target"])).collect();
    let of = |work, outcome| (json!(work), json!(outcome), json!("hole"));
    for (told, (work, outcome, target)) in
        told.into_iter().zip([of("dig-1", "failed"), of("dig-2", "cancelled"), of("dig-3", "ok")])
    {
        assert_eq!(told, (&work, &outcome, &target));
    }
}

#[tokio::test]
async fn work_that_runs_on_later_has_lines_from_then_on() {
    for gives_up in [false, true] {
        let (registry, lines) = registry();
        let identity = Some(CheckedArguments::default());
        let alone = registry.start(call(), identity.clone(), false, |_| pending()).ok().unwrap();
        assert_eq!(lines.text(), "");
        if gives_up {
            let patience = Patience::default();
            let alone = alone.with_patience(&patience);
            patience.run_out();
            drop(alone);
        } else {
            assert!(registry.start(call(), identity, true, |_| pending()).ok().unwrap().found);
            drop(alone);
        }
        assert_eq!((lines.lines("begin").len(), lines.lines("end").len()), (1, 0));
        registry.find("dig-1").ok().unwrap().work.cancel().await;
        let (begin, end) = (&lines.lines("begin")[0], &lines.lines("end")[0]);
        assert_eq!((&begin["work"], &begin["call"]), (&json!("dig-1"), &end["call"]));
        assert_eq!(end["outcome"], "cancelled");
    }
}

#[tokio::test]
async fn the_end_of_the_process_names_the_work_that_is_cut() {
    let (registry, _) = registry();
    let work = registry.start(call(), None, true, |_| pending()).ok().unwrap().work;
    ended(&registry, 1).await;
    let alone = registry.start(call(), None, false, |_| pending()).ok().unwrap();
    assert_eq!(registry.stop(), ["dig-1 (0 s)"]);
    assert_eq!(work.wait(&Progress::default()).await.outcome.state(), "cancelled");
    drop(alone);
    assert_eq!(registry.list().len(), 2, "what is not detached is forgotten");
}

#[tokio::test(start_paused = true)]
async fn whoever_joins_hears_the_steps() {
    let (registry, _) = registry();
    let work = registry
        .start(call(), None, true, |progress| async move {
            progress.step(|| Safe::line("half"));
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            Ok(reply(1))
        })
        .ok()
        .unwrap()
        .work;
    let (sender, steps) = std::sync::mpsc::channel();
    let progress = Progress::with_listener(move |step| sender.send(step.message.into_inner()).unwrap());
    assert_eq!(work.wait(&progress).await.outcome.state(), "done");
    assert_eq!(steps.try_iter().collect::<Vec<_>>(), ["half"]);
    assert_eq!(*work.last(), "half");
}
