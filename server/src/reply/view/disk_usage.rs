//! Disk use: for each kind of object how many there are and are in use, their size and what deleting the others frees.
//! The sums come from the lists where the answer has them, else from the engine, which has them since API 1.52.
//!
//! Images share layers. Deleting one image frees its own size only. Deleting all unused images frees the sum of their
//! own sizes, and the layers that only they share; the size of these is known within bounds.

use serde_json::{Map, Value, json};

use crate::reply::amounts;

/// The default numbers of unused images and of volumes that are named.
const IMAGES: usize = 10;
const VOLUMES: usize = 5;
/// The digits of a short id.
const SHORT_ID: usize = 12;

/// The kinds: name, member with the list, member with the engine's sums.
const KINDS: [(&str, &str); 4] = [
    ("Images", "ImageUsage"),
    ("Containers", "ContainerUsage"),
    ("Volumes", "VolumeUsage"),
    ("BuildCache", "BuildCacheUsage"),
];

/// The states of a container whose files are in use.
const ACTIVE: [&str; 3] = ["running", "paused", "restarting"];

/// The sums of one kind, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sums {
    total: u64,
    active: u64,
    size: u64,
    /// The least and the most that deleting what is unused frees.
    reclaimable: (u64, u64),
}

/// The sums, the unused images by their own size and the largest volumes.
pub fn shown(usage: &Value, listed: Option<usize>, notes: &mut Vec<String>) -> Value {
    let mut shown = Map::new();
    for (kind, summary) in KINDS {
        shown.insert(kind.to_owned(), printed(sums(kind, summary, usage)));
    }
    let images = unused_images(list("Images", "ImageUsage", usage).unwrap_or_default());
    let volumes = largest_volumes(list("Volumes", "VolumeUsage", usage).unwrap_or_default());
    let mut more = Vec::new();
    for (name, what, entries, most) in [
        ("UnusedImages", "unused images", images, listed.unwrap_or(IMAGES)),
        ("LargestVolumes", "volumes with content", volumes, listed.unwrap_or(VOLUMES)),
    ] {
        if entries.len() > most {
            more.push(format!("{most} of {} {what}", entries.len()));
        }
        if !entries.is_empty() {
            shown.insert(name.to_owned(), Value::Object(entries.into_iter().take(most).collect()));
        }
    }
    if shown.contains_key("UnusedImages") {
        notes.push(
            "UnusedImages: no container uses these; each with its own size, which deleting it alone frees. Layers that \
             only they share come on top: so reclaimable may be a range"
                .to_owned(),
        );
    }
    let limited =
        if more.is_empty() { String::new() } else { format!("shown: {}; limit_items shows more, ", more.join(", ")) };
    notes.push(format!("{limited}select: \"@\" shows every object"));
    shown.into()
}

/// The answer with each object once: an engine may list them below the sums and beside them.
pub fn objects(mut usage: Value) -> Value {
    for (kind, summary) in KINDS {
        if usage[summary]["Items"].is_array() {
            usage.as_object_mut().into_iter().for_each(|members| _ = members.shift_remove(kind));
        }
    }
    usage
}

fn printed(sums: Sums) -> Value {
    let (least, most) = sums.reclaimable;
    let (least, most) = (amounts::bytes(least), amounts::bytes(most));
    let reclaimable = if least == most { least } else { format!("{least} to {most}") };
    json!({ "Total": sums.total, "Active": sums.active, "Size": amounts::bytes(sums.size), "Reclaimable": reclaimable })
}

/// The objects of a kind, if the answer lists them.
fn list<'a>(kind: &str, summary: &str, usage: &'a Value) -> Option<&'a [Value]> {
    let items = usage[summary]["Items"].as_array().or_else(|| usage[kind].as_array());
    items.map(Vec::as_slice)
}

fn sums(kind: &str, summary: &str, usage: &Value) -> Sums {
    let engine = &usage[summary];
    let Some(list) = list(kind, summary, usage) else {
        let reclaimable = amount(&engine["Reclaimable"]);
        return Sums {
            total: amount(&engine["TotalCount"]),
            active: amount(&engine["ActiveCount"]),
            size: amount(&engine["TotalSize"]),
            reclaimable: (reclaimable, reclaimable),
        };
    };
    match kind {
        "Images" => images(list, amount(&engine["TotalSize"]).max(amount(&usage["LayersSize"]))),
        "Containers" => {
            let active = |one: &Value| ACTIVE.iter().any(|state| one["State"] == *state);
            summed(list, active, |one| amount(&one["SizeRw"]))
        }
        "Volumes" => summed(list, is_used_volume, |one| amount(&one["UsageData"]["Size"])),
        // A shared record is a layer of an image, and counted there.
        _ => {
            summed(list, |one| one["InUse"] == true, |one| if one["Shared"] == true { 0 } else { amount(&one["Size"]) })
        }
    }
}

fn summed(list: &[Value], active: impl Fn(&Value) -> bool, size: impl Fn(&Value) -> u64) -> Sums {
    let unused = list.iter().filter(|one| !active(one));
    let reclaimable = unused.map(&size).sum();
    Sums {
        total: list.len() as u64,
        active: list.iter().filter(|one| active(one)).count() as u64,
        size: list.iter().map(&size).sum(),
        reclaimable: (reclaimable, reclaimable),
    }
}

fn images(list: &[Value], layers: u64) -> Sums {
    let (used, unused): (Vec<&Value>, Vec<&Value>) = list.iter().partition(|image| is_used_image(image));
    let own = |images: &[&Value]| images.iter().filter_map(|image| own_size(image)).sum::<u64>();
    let most_of = |name: &str| used.iter().map(|image| amount(&image[name])).max().unwrap_or_default();
    let least = own(&unused);
    // The used images keep the layers of the largest of them, and their own ones beside those that one of them shares.
    let kept = most_of("Size").max(own(&used) + most_of("SharedSize"));
    // A layer that is shared is in two images at least.
    let shared = unused.iter().map(|image| amount(&image["SharedSize"])).sum::<u64>() / 2;
    let most = match unused.len() {
        0 | 1 => least,
        _ => layers.saturating_sub(kept).min(least + shared).max(least),
    };
    let active = used.len() as u64;
    Sums { total: list.len() as u64, active, size: layers, reclaimable: (least, most) }
}

/// The names and own sizes of images that no container uses, the largest first.
fn unused_images(list: &[Value]) -> Vec<(String, Value)> {
    let mut unused: Vec<_> = list.iter().filter(|image| !is_used_image(image)).collect();
    unused.sort_by_key(|image| std::cmp::Reverse(own_size(image)));
    unused.into_iter().map(unused_image).collect()
}

fn unused_image(image: &Value) -> (String, Value) {
    let tags: Vec<&str> = image["RepoTags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let size = own_size(image).map_or_else(|| "own size unknown".to_owned(), amounts::bytes);
    match tags.iter().filter(|tag| **tag != "<none>:<none>").count() {
        0 => (short(image["Id"].as_str().unwrap_or_default()).to_owned(), format!("{size}, untagged").into()),
        1 => (tags[0].to_owned(), size.into()),
        count => (tags[0].to_owned(), format!("{size}, {count} tags").into()),
    }
}

/// The names and sizes of volumes that hold something, the largest first.
fn largest_volumes(list: &[Value]) -> Vec<(String, Value)> {
    let size = |volume: &Value| amount(&volume["UsageData"]["Size"]);
    let mut volumes: Vec<_> = list.iter().filter(|volume| size(volume) > 0).collect();
    volumes.sort_by_key(|volume| std::cmp::Reverse(size(volume)));
    let shown = |volume: &Value| {
        let unused = if is_used_volume(volume) { "" } else { ", unused" };
        let name = volume["Name"].as_str().unwrap_or_default().to_owned();
        (name, format!("{}{unused}", amounts::bytes(size(volume))).into())
    };
    volumes.into_iter().map(shown).collect()
}

fn is_used_image(image: &Value) -> bool {
    image["Containers"].as_i64().unwrap_or_default() != 0
}

fn is_used_volume(volume: &Value) -> bool {
    volume["UsageData"]["RefCount"].as_i64().unwrap_or_default() != 0
}

/// The bytes that no other image has; unknown where the engine did not measure them.
fn own_size(image: &Value) -> Option<u64> {
    let (size, shared) = (image["Size"].as_i64()?, image["SharedSize"].as_i64()?);
    (shared >= 0).then(|| u64::try_from(size - shared).unwrap_or_default())
}

/// A number of bytes or things; -1 is the engine's word for a number that it does not know.
fn amount(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn short(id: &str) -> &str {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..SHORT_ID).unwrap_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::tests::recorded_by;

    fn view(usage: &Value) -> (Value, Vec<String>) {
        let mut notes = Vec::new();
        (shown(usage, None, &mut notes), notes)
    }

    #[test]
    fn both_forms_of_the_answer_give_the_same_sums() {
        let sums = json!({
            "Images": { "Total": 12, "Active": 1, "Size": "5.2 MB", "Reclaimable": "85.7 kB to 2.2 MB" },
            "Containers": { "Total": 7, "Active": 5, "Size": "53.2 kB", "Reclaimable": "8.1 kB" },
            "Volumes": { "Total": 3, "Active": 1, "Size": "0 B", "Reclaimable": "0 B" },
            "BuildCache": { "Total": 10, "Active": 0, "Size": "77.8 kB", "Reclaimable": "77.8 kB" },
        });
        for (version, get) in [
            ("1.44", "/system/df"),
            ("1.52", "/system/df"),
            ("1.52", "/system/df?verbose=1"),
            ("1.55", "/system/df"),
            ("1.55", "/system/df?verbose=1"),
        ] {
            let (shown, notes) = view(&recorded_by(version, get));
            for (kind, _) in KINDS {
                assert_eq!(shown[kind], sums[kind], "{version} {get}: {kind}");
            }
            assert_eq!(shown["UnusedImages"]["b:1"], "59.1 kB", "{shown}");
            assert_eq!(shown["UnusedImages"].as_object().unwrap().len(), 10);
            assert!(notes[1].starts_with("shown: 10 of 11 unused images; limit_items shows more"), "{notes:?}");
            assert!(shown.to_string().len() < 800, "{}", shown.to_string().len());
        }
    }

    #[test]
    fn sums_of_the_engine_serve_where_it_lists_nothing() {
        let images = json!({"TotalCount": 3, "ActiveCount": 1, "TotalSize": 5_000_000, "Reclaimable": 1_000});
        let usage = json!({"ImageUsage": images,
            "VolumeUsage": {"TotalCount": 2}});
        let (shown, _) = view(&usage);
        let images = json!({"Total": 3, "Active": 1, "Size": "5.0 MB", "Reclaimable": "1.0 kB"});
        assert_eq!((&shown["Images"], &shown["Volumes"]["Total"]), (&images, &json!(2)));
        assert!(shown.get("UnusedImages").is_none());
    }

    #[test]
    fn shared_layers_are_not_promised_and_own_ones_are() {
        let image = |name: &str, size: u64, shared: i64, used: u64| {
            json!({
                "RepoTags": [name], "Size": size, "SharedSize": shared, "Containers": used
            })
        };
        // One unused image whose layers another uses: deleting it frees its own ones, whatever `system df` says.
        let one = json!({"LayersSize": 110, "Images": [image("a:1", 100, 100, 1), image("b:1", 110, 100, 0)]});
        assert_eq!(view(&one).0["Images"]["Reclaimable"], "10 B");
        // Two unused ones share a base that nobody else has.
        let two = [image("b:1", 110, 100, 0), image("c:1", 110, 100, 0), image("a:1", 1_000, 0, 1)];
        let two = json!({ "LayersSize": 1_120, "Images": two });
        assert_eq!(view(&two).0["Images"]["Reclaimable"], "20 B to 120 B");
        let untagged =
            json!({"Id": "sha256:0123456789abcdef", "RepoTags": null, "Size": 5, "SharedSize": -1, "Containers": 0});
        let (shown, _) = view(&json!({"LayersSize": 5, "Images": [untagged]}));
        assert_eq!(shown["UnusedImages"], json!({"0123456789ab": "own size unknown, untagged"}));
    }

    #[test]
    fn volumes_are_named_by_size_and_unused_ones_are_marked() {
        let volume =
            |name: &str, size: i64, users: i64| json!({"Name": name, "UsageData": {"Size": size, "RefCount": users}});
        let list = [volume("a", 10, 1), volume("b", 2_000, 0), volume("c", 0, 0), volume("d", -1, -1)];
        let (shown, _) = view(&json!({ "Volumes": list }));
        assert_eq!(shown["LargestVolumes"].to_string(), r#"{"b":"2.0 kB, unused","a":"10 B"}"#);
        let sums = json!({"Total": 4, "Active": 2, "Size": "2.0 kB", "Reclaimable": "2.0 kB"});
        assert_eq!(shown["Volumes"], sums, "one whose users are unknown is not promised");
    }

    #[test]
    fn objects_are_shown_once() {
        let usage = objects(recorded_by("1.52", "/system/df"));
        assert!(usage["ImageUsage"]["Items"].is_array() && usage.get("Images").is_none());
        let usage = objects(recorded_by("1.51", "/system/df"));
        assert!(usage["Images"].is_array());
    }
}
