//! What a plan may say.

use std::time::Duration;

use sbh_load::{Model, Plan, RequestSpec, Stage};
use serde_json::{Value, json};
use url::Url;

fn open() -> Value {
    json!({
        "base": "http://shop.example/",
        "model": {"open": {"stages": [{"from_rate": 10.0, "to_rate": 10.0, "duration_s": 5.0}]}},
        "requests": [{"name": "home", "path": "/"}],
    })
}

fn closed() -> Value {
    json!({
        "base": "http://shop.example/",
        "model": {"closed": {"vus": 3, "think_time_s": 0.5, "duration_s": 5.0}},
    })
}

#[test]
fn a_short_plan_gets_the_defaults_and_survives_a_round_trip() {
    for json in [open(), closed()] {
        let plan = Plan::parse(&json.to_string()).unwrap();
        assert!(plan.keep_alive && plan.max_rate.is_none());
        assert_eq!(plan.duration(), Duration::from_secs(5));
        let again = Plan::parse(&serde_json::to_string(&plan).unwrap()).unwrap();
        assert_eq!(again, plan);
    }
}

#[test]
fn every_bad_field_is_named() {
    let cases: &[(&str, Value, &str)] = &[
        ("/base", json!("ftp://shop.example/"), "base"),
        ("/warm_up_s", json!(1e9), "warm_up_s"),
        ("/timeout_s", json!(0.0), "timeout_s"),
        ("/drain_timeout_s", json!(1e6), "drain_timeout_s"),
        ("/max_rate", json!(0.0), "max_rate"),
        ("/max_body_bytes", json!(1u64 << 40), "max_body_bytes"),
        ("/worker_threads", json!(0), "worker_threads"),
        ("/tls", json!({"extra_root_pem": "nothing"}), "tls.extra_root_pem"),
        ("/model/open/stages", json!([]), "model.stages"),
        ("/model/open/stages/0/from_rate", json!(-1.0), "model.stages[0].from_rate"),
        ("/model/open/stages/0/to_rate", json!(1e12), "model.stages[0].to_rate"),
        ("/model/open/stages/0/duration_s", json!(0.0), "model.stages[0].duration_s"),
        ("/model/open/connections", json!(0), "model.connections"),
        ("/model/open/streams_per_connection", json!(0), "model.streams_per_connection"),
        ("/model/open/queue_limit", json!(0), "model.queue_limit"),
        ("/requests/0/name", json!(""), "requests[0].name"),
        ("/requests/0/method", json!("CON NECT"), "requests[0].method"),
        ("/requests/0/path", json!("//other.example/"), "requests[0].path"),
        ("/requests/0/path", json!("/\\other.example/"), "requests[0].path"),
        ("/requests/0/weight", json!(0), "requests"),
        ("/requests/0/headers", json!([["Host", "other.example"]]), "requests[0].headers.Host"),
        ("/requests/0/headers", json!([["x", "a\r\nb: c"]]), "requests[0].headers.x"),
    ];
    for (pointer, value, field) in cases {
        let mut json = open();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match json.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[key.parse::<usize>().unwrap()] = value.clone(),
            object => object[key] = value.clone(),
        }
        let errors = Plan::parse(&json.to_string()).unwrap_err();
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [*field], "{errors}");
        assert!(!errors.0[0].allowed.is_empty());
    }
}

#[test]
fn several_bad_fields_are_named_together() {
    let mut json = closed();
    json["model"]["closed"]["vus"] = json!(0);
    json["model"]["closed"]["think_time_s"] = json!(1e7);
    json["model"]["closed"]["duration_s"] = json!(0);
    let errors = Plan::parse(&json.to_string()).unwrap_err();
    let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["model.vus", "model.think_time_s", "model.duration_s"]);
}

#[test]
fn what_is_not_a_plan_is_an_error_and_no_panic() {
    for text in ["", "null", "[]", "{\"base\": 1}", "{\"base\":\"http://a/\",\"model\":{\"x\":{}}}"] {
        assert_eq!(Plan::parse(text).unwrap_err().0[0].field, "plan");
    }
    for (field, value) in [("unknown", json!(1)), ("timeout_s", json!(-1)), ("warm_up_s", json!("1s"))] {
        let mut json = open();
        json[field] = value;
        assert_eq!(Plan::parse(&json.to_string()).unwrap_err().0[0].field, "plan");
    }
}

#[test]
fn numbers_that_are_none_are_refused_in_code_too() {
    let base = Url::parse("http://shop.example/").unwrap();
    let mut plan = Plan::open(base, f64::NAN, Duration::from_secs(1));
    assert!(plan.validate().is_err());
    plan.model = Model::open(vec![Stage::constant(f64::INFINITY, Duration::from_secs(1))]);
    assert!(plan.validate().is_err());
    plan.model = Model::open(vec![Stage::constant(0.0, Duration::from_secs(1))]);
    assert!(plan.validate().is_err(), "a schedule without arrivals measures nothing");
}

#[test]
fn the_default_request_is_the_base_url_itself() {
    let base = Url::parse("http://shop.example/cart?full=1").unwrap();
    let plan = Plan::open(base, 1.0, Duration::from_secs(1));
    assert_eq!(plan.mix(), [RequestSpec::get("get", "/cart?full=1")]);
}
