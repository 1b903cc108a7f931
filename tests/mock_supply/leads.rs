//! The leads of a business, and the status of their jobs.

use serde_json::json;

use super::{ALL, Desk, column, named, token};

#[test]
fn only_the_business_tells_the_status_of_its_job() {
    let desk = Desk::of("pro");
    let path = format!("v4/negotiations/{}/job-status", desk.staging().fixtures["negotiation"]);
    let status = |status: &str| json!({"status": status, "partnerStatusChangedAt": "2024-06-13T10:18:01-07:00"});
    for word in ["not_scheduled", "appt_scheduled", "job_complete", "invoice_paid", "customer_cancel", "pro_cancel"] {
        let answer = desk.post(&path, &status(word));
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{word}");
    }
    let mut paid = status("invoice_paid");
    paid["invoiceAmountInCents"] = json!(12_500);
    paid["partnerBookingId"] = json!("booking-1");
    assert_eq!(desk.post(&path, &paid).status, 204);
    for amount in [json!("12500"), json!(125.5), json!(-1), json!(null)] {
        paid["invoiceAmountInCents"] = amount;
        assert_eq!(named(&desk.post(&path, &paid)), ["invoiceAmountInCents"], "{paid}");
    }
    for (body, names) in [
        (json!({}), vec!["status", "partnerStatusChangedAt"]),
        (status("done"), vec!["status"]),
        (status("Job_Complete"), vec!["status"]),
        (json!({"status": "job_complete", "partnerStatusChangedAt": "today"}), vec!["partnerStatusChangedAt"]),
        (json!({"status": 1, "partnerStatusChangedAt": 1_718_299_081}), vec!["status", "partnerStatusChangedAt"]),
    ] {
        assert_eq!(named(&desk.post(&path, &body)), names, "{body}");
    }
    let open = desk.get(&format!("v4/negotiations/{}", desk.staging().fixtures["negotiation"]));
    assert_eq!(open.member("status"), "Open");
    let customer = token(&desk.server, &desk.world, "customer", ALL);
    let refused = desk.server.post(desk.staging(), &path, &customer, &status("job_complete").to_string());
    assert_eq!((refused.status, refused.member("detail").contains("business")), (403, true));
}

#[test]
fn the_leads_of_a_business_are_listed() {
    let desk = Desk::of("pro");
    let leads = desk.business("business", "negotiations");
    let listed = desk.get(&leads).json();
    assert_eq!(column(&listed["data"], "negotiationID"), [desk.staging().fixtures["negotiation"].clone()]);
    let alone = desk.get(&format!("v4/negotiations/{}", desk.staging().fixtures["negotiation"])).json();
    assert_eq!((&listed["data"][0], &listed["pagination"]), (&alone, &json!({"limit": 20})));
    let of_second = desk.get(&desk.business("second_business", "negotiations")).json();
    assert_eq!(column(&of_second["data"], "negotiationID"), [desk.staging().fixtures["full_negotiation"].clone()]);
    desk.server.command(&desk.world, &json!({"given": {"refunded_lead": desk.staging().fixtures["negotiation"]}}));
    assert_eq!(desk.get(&leads).json()["data"], json!([]));
}
