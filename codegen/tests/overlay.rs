//! The overlay of an operation reaches its row; one of something that does not exist is reported.

use dockwright_codegen::history::History;
use dockwright_codegen::ir::{Api, LoginException, LoginHeader, LoginRegistry, Running, Terminal, View};
use dockwright_codegen::overlay::{OperationWords, Overlay};
use dockwright_codegen::problem::Problems;
use dockwright_codegen::{Source, lowered, parse, schema};

#[test]
fn an_argument_that_is_sent_anyway_is_not_required() {
    let (api, problems) = cars("sent_anyway: { X-Key: {} }", None);
    assert!(problems.is_empty(), "{problems}");
    let key = &api.operations[1].parameters[1];
    assert_eq!((key.name.as_str(), key.absent.as_deref(), key.required), ("X-Key", Some("{}"), false));
    assert_eq!(api.operations[1].options.as_deref(), Some("CarLogsOptions"));
}

#[test]
fn a_row_says_where_a_terminal_is_told_while_that_operation_is_built_in() {
    let asked = "terminal: { operation: CarInspect, pointer: /Config/Tty }";
    let terminal = |said, tags| cars(said, tags).0.operations.pop().unwrap().terminal;
    let expected = Terminal::Operation { constant: "CAR_INSPECT".into(), pointer: "/Config/Tty".into() };
    assert_eq!(terminal(asked, None), Some(expected));
    assert_eq!(terminal(asked, Some("log")), None);
    assert_eq!(
        terminal("terminal: { body: /Tty }", Some("LOG")),
        Some(Terminal::Body { pointer: "/Tty".into(), prepared: None })
    );
}

#[test]
fn chosen_names_and_paths_with_slashes_that_nothing_has_are_reported() {
    let text = "swagger: '2.0'\ninfo: { title: Cars, version: '1.0' }\npaths: { '/a/{id}': { get: { operationId: A, \
                parameters: [{ name: id, in: path, required: true, type: string }], responses: { 200: {} } } } }\n\
                definitions: { Car: { properties: { Wheel: { properties: { Size: { type: string } } } } }, \
                Bike: { properties: { Wheel: { type: string } } } }";
    let names = "types: { BikeWheel: Wheel, CarWheel: Wheel, CarTyre: Wheel }";
    let names = parse::parse_into("names.yaml", names).unwrap();
    let slashes = vec!["/a/{id}".to_owned(), "/b/{id}".to_owned()];
    let no_slashes = vec!["A".to_owned(), "B".to_owned()];
    let overlay = Overlay { title: "Cars".into(), names, slashes, no_slashes, ..Overlay::default() };
    let (name, text) = ("cars.yaml".into(), text.into());
    let source = Source { name, text, oldest: "1.0".into(), newest: true, tags: None };
    let mut problems = Problems::default();
    lowered(&source, &overlay, &History::default(), &mut problems).unwrap();
    let unmatched = problems.iter().filter(|problem| problem.remedy == "fix it or remove it from the overlay");
    let told: Vec<_> = unmatched.map(|problem| (problem.pointer.as_str(), problem.what.as_str())).collect();
    let expected = [
        ("/BikeWheel", "nothing has this name"),
        ("/CarTyre", "nothing has this name"),
        ("/slashes", "no path begins with `/b/{id}`"),
        ("/no_slashes", "no operation `B` is below such a path"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_former_setter_with_the_name_of_another_is_refused() {
    let text = "swagger: '2.0'\ninfo: { title: Cars, version: '1.0' }\npaths: {}\ndefinitions: { Car: { \
                properties: { Seats: { type: string }, Doors: { type: string }, Wheel: { type: string } } } }";
    for (setters, expected) in [
        ("{ Car.Seats: chairs }", None),
        ("{ Car.Seats: doors }", Some("`doors`, a former setter of `Car`, is another setter")),
        ("{ Car.Seats: a, Car.Doors: a }", Some("`a`, a former setter of `Car`, is another setter")),
    ] {
        let names = parse::parse_into("names.yaml", &format!("former_setters: {setters}")).unwrap();
        let overlay = Overlay { title: "Cars".into(), names, ..Overlay::default() };
        let (name, text) = ("cars.yaml".into(), text.into());
        let source = Source { name, text, oldest: "1.0".into(), newest: false, tags: None };
        let mut problems = Problems::default();
        lowered(&source, &overlay, &History::default(), &mut problems);
        assert_eq!(problems.iter().next().map(|problem| problem.what.as_str()), expected, "{setters}");
    }
}

#[test]
fn operations_of_a_tag_of_several_words_are_chosen_by_its_feature() {
    let text = "swagger: '2.0'\ninfo: { title: Cars, version: '1.0' }\npaths: { /a: { get: { operationId: A, \
                tags: [Build Cache], responses: { 200: {} } } } }";
    for (tag, expected) in [("BUILD_CACHE", 1), ("build-cache", 1), ("Build Cache", 1), ("BUILD", 0)] {
        let (name, text, tags) = ("cars.yaml".into(), text.into(), Some(vec![tag.to_owned()]));
        let source = Source { name, text, oldest: "1.0".into(), newest: false, tags };
        let api = lowered(&source, &Overlay::default(), &History::default(), &mut Problems::default()).unwrap();
        assert_eq!(api.operations.len(), expected, "{tag}");
    }
}

#[test]
fn a_row_tells_where_to_ask_whether_the_process_still_runs_while_that_operation_is_built_in() {
    let said = "running: { operation: CarInspect, pointer: /Config/Tty, unless: /Tty }";
    let running = |tags| cars(said, tags).0.operations.pop().unwrap().running;
    let (constant, pointer) = ("CAR_INSPECT".into(), "/Config/Tty".into());
    assert_eq!(running(None), Some(Running { constant, pointer, when: None, unless: Some("/Tty".into()) }));
    assert_eq!(running(Some("log")), None);
}

#[test]
fn a_row_says_which_header_takes_a_login_and_for_which_registry() {
    let login =
        |said: &str| cars(&format!("login: {{ header: X-Login, {said} }}"), None).0.operations.pop().unwrap().login;
    let header = |registry, unless| Some(LoginHeader { parameter: "X-Login".into(), registry, unless });
    assert_eq!(login("argument: id"), header(LoginRegistry::Argument("id".into()), vec![]));
    assert_eq!(login("argument: id, or_id: true"), header(LoginRegistry::ArgumentOrId("id".into()), vec![]));
    let exception = |value: Option<&str>| LoginException { argument: "X-Key".into(), value: value.map(str::to_owned) };
    assert_eq!(login("unless: [{ argument: X-Key }]"), header(LoginRegistry::All, vec![exception(None)]));
    let said = "body: /Image, unless: [{ argument: X-Key, is: a }, { argument: X-Key }]";
    assert_eq!(login(said), header(LoginRegistry::Body("/Image".into()), vec![exception(Some("a")), exception(None)]));
}

#[test]
fn a_tool_does_otherwise_than_its_operation_as_it_is_told() {
    let said = "tool: { sends: { X-Key: a }, hidden: [body], seconds: 10, when_abandoned: It goes on., refusal: '', view: disk-usage, \
        objects_if: [X-Key] }";
    let (api, problems) = cars(said, None);
    assert!(problems.is_empty(), "{problems}");
    let operation = &api.operations[1];
    assert_eq!(operation.tool.sends["X-Key"], "a");
    assert_eq!((operation.tool.seconds, operation.tool.when_abandoned.as_str()), (Some(10), "It goes on."));
    assert_eq!((operation.tool.view, &operation.tool.objects_if), (Some(View::DiskUsage), &vec!["X-Key".to_owned()]));
    assert_eq!(schema::shown(&api, operation)["properties"].get("body"), None, "few need it");
    assert!(schema::full(operation)["properties"].get("body").is_some(), "it is taken all the same");
}

#[test]
fn a_tool_hides_a_part_of_its_body_and_has_words_for_a_search() {
    let (api, problems) = cars("tool: { hidden: [body.Tty], search: docker car, always_load: true }", None);
    assert!(problems.is_empty(), "{problems}");
    let operation = &api.operations[1];
    assert_eq!((operation.tool.search.as_str(), operation.tool.always_load), ("docker car", true));
    let shown = schema::shown(&api, operation);
    assert!(shown["properties"]["body"]["properties"].get("Tty").is_none(), "{shown}");
    assert!(shown.get("additionalProperties").is_none(), "{shown}");
}

#[test]
fn a_connection_that_is_upgraded_succeeds_with_101_though_an_old_description_forgets_it() {
    let (api, problems) = cars("answer: upgrade", None);
    assert!(problems.is_empty(), "{problems}");
    assert_eq!(api.operations[1].statuses, [101, 200]);
}

#[test]
fn notes_become_paragraphs_of_a_line_each() {
    let (api, problems) = cars("notes: |\n  One\n  line.\n\n  And `another`.", None);
    assert!(problems.is_empty(), "{problems}");
    assert_eq!(api.operations[1].notes, "One line.\n\nAnd `another`.");
}

#[test]
fn tells_notes_that_are_too_long() {
    let (_, problems) = cars(&format!("notes: {}", "x".repeat(1201)), None);
    assert!(problems.to_string().contains("notes: 1201 characters, more than 1200"), "{problems}");
}

#[test]
fn tells_what_is_said_of_something_that_is_not_there() {
    for (said, expected) in [
        ("sent_anyway: { X-Lock: {} }", "no parameter `X-Lock`"),
        ("tool: { sends: { X-Lock: 1 } }", "no parameter `X-Lock`"),
        ("tool: { hidden: [X-Lock] }", "no parameter `X-Lock`"),
        ("tool: { hidden: [body.TTY] }", "the body has no `TTY`"),
        ("tool: { objects_if: [X-Lock] }", "no parameter `X-Lock`"),
        ("tool: { needs: [X-Lock] }", "no parameter `X-Lock`"),
        ("tool: { completes: [platform: { argument: X-Lock }] }", "no parameter `X-Lock`"),
        ("terminal: { operation: Car, pointer: /Config/Tty }", "no operation `Car`"),
        ("terminal: { operation: CarLogs, pointer: /Config/Tty }", "`CarLogs` needs other arguments"),
        ("terminal: { operation: CarInspect, pointer: Config/Tty }", "has no boolean at `Config/Tty`"),
        ("terminal: { operation: CarInspect, pointer: /Config }", "has no boolean at `/Config`"),
        ("terminal: { operation: CarInspect, pointer: /Tty }", "has no boolean at `/Tty`"),
        ("terminal: { body: /TTY }", "the body has no boolean at `/TTY`"),
        ("answer: json\nterminal: { body: /Tty }", "only for the output of processes"),
        ("running: { operation: CarInspect, pointer: /Tty }", "has no boolean at `/Tty`"),
        ("running: { operation: CarInspect, pointer: /Config/Tty, when: id }", "no boolean parameter `id`"),
        ("running: { operation: CarInspect, pointer: /Config/Tty, unless: /Key }", "the body has no boolean at `/Key`"),
        ("login: { header: X-Key, argument: id }", "no header `X-Key` that takes a login"),
        ("login: { header: X-Login, argument: no }", "no parameter `no` that is text"),
        ("login: { header: X-Login, body: /Tty }", "the body has no text at `/Tty`"),
        ("login: { header: X-Login, unless: [{ argument: no }] }", "no parameter `no`"),
        ("answer: json\nrunning: { operation: CarInspect, pointer: /Config/Tty }", "only for the output of processes"),
    ] {
        let (_, problems) = cars(said, None);
        let told = problems.iter().any(|problem| problem.what.contains(expected));
        assert!(told && problems.iter().count() == 1, "{said}: {problems}");
    }
}

/// A header that takes a login. Swagger 2.0 cannot say it.
const LOGIN: &str = r#"
reason: The engine reads `X-Login`.
reference: seen
versions: "1.0"
patch:
  - { op: test, path: "/paths/~1cars~1{id}~1logs/post/operationId", value: CarLogs }
  - op: add
    path: "/paths/~1cars~1{id}~1logs/post/parameters/-"
    value:
      name: X-Login
      in: header
      content: { application/json: { schema: { type: object } } }
      x-content-encoding: base64url
"#;

/// An operation to ask and one with logs, whose overlay contains `said`.
fn cars(said: &str, tags: Option<&str>) -> (Api, Problems) {
    let description = r##"
swagger: "2.0"
info: { title: Cars, version: "1.0" }
paths:
  "/cars/{id}":
    get:
      operationId: CarInspect
      tags: [Car]
      parameters: [{ name: id, in: path, required: true, type: string }]
      responses: { 200: { schema: { $ref: "#/definitions/Car" } } }
  "/cars/{id}/logs":
    post:
      operationId: CarLogs
      tags: [Log]
      parameters:
        - { name: id, in: path, required: true, type: string }
        - { name: X-Key, in: header, required: true, type: string }
        - name: body
          in: body
          schema: { type: object, properties: { Tty: { type: boolean }, Image: { type: string } } }
      responses: { 200: {} }
definitions:
  Car: { type: object, properties: { Config: { type: object, properties: { Tty: { type: boolean } } } } }
"##;
    let annotations =
        "annotations: { read_only: true, destructive: false, idempotent: true, open_world: false }\nsummary: A car.";
    let answer = if said.starts_with("answer") { "" } else { "answer: log-stream" };
    let words = |tag: &str, said: &str| {
        let words = parse::parse_into("cars.yaml", &format!("{annotations}\n{said}\n")).unwrap();
        OperationWords { tag: tag.into(), ..words }
    };
    let operations =
        [("CarInspect".into(), words("Car", "")), ("CarLogs".into(), words("Log", &format!("{answer}\n{said}")))];
    let corrections = vec![parse::parse_into("cars.yaml", LOGIN).unwrap()];
    let overlay = Overlay { title: "Cars".into(), operations: operations.into(), corrections, ..Overlay::default() };
    let source = Source {
        name: "cars.yaml".into(),
        text: description.into(),
        oldest: "1.0".into(),
        newest: true,
        tags: tags.map(|tag| vec![tag.to_owned()]),
    };
    let mut problems = Problems::default();
    let api = lowered(&source, &overlay, &History::default(), &mut problems).unwrap_or_else(|| panic!("{problems}"));
    // These cars lack words on purpose.
    let others = problems.iter().filter(|problem| !problem.what.ends_with("lack a description")).cloned();
    let mut problems = Problems::default();
    others.for_each(|problem| problems.push(problem));
    (api, problems)
}
