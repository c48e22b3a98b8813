//! What is counted about requests: one point each to Analytics Engine, and the same sums in this isolate for a page
//! of text (`/metrics`) where a person or a scraper looks at one machine.
//!
//! Labels are routes, methods and status classes, never paths, ids or names: they say nothing about anybody.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use worker::{AnalyticsEngineDataPointBuilder, Env};

/// The binding of the data set.
const DATASET: &str = "METRICS";

/// Upper bounds of the durations' buckets, ms: from a cached answer to the longest wait for a read model.
const BOUNDS_MS: [u64; 8] = [5, 10, 25, 50, 100, 250, 1_000, 5_000];

/// Most series that an isolate keeps: routes × methods × statuses stay far below.
const SERIES_MAX: usize = 5_000;

/// What a request was and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Labels {
    /// As in the route table; `none` where no route fits.
    pub route: String,
    /// The method.
    pub method: String,
    /// The status.
    pub status: u16,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sums {
    count: u64,
    sum_ms: u64,
    /// At most so many ms, as [`BOUNDS_MS`].
    within: [u64; BOUNDS_MS.len()],
}

thread_local! {
    static REQUESTS: RefCell<BTreeMap<Labels, Sums>> = const { RefCell::new(BTreeMap::new()) };
}

fn add(requests: &mut BTreeMap<Labels, Sums>, labels: Labels, took_ms: u64) {
    if requests.len() >= SERIES_MAX && !requests.contains_key(&labels) {
        return;
    }
    let sums = requests.entry(labels).or_default();
    sums.count += 1;
    sums.sum_ms = sums.sum_ms.saturating_add(took_ms);
    for (bound, within) in BOUNDS_MS.iter().zip(&mut sums.within) {
        *within += u64::from(took_ms <= *bound);
    }
}

/// Counts a request. `organization` goes to Analytics Engine as the index, by its opaque id; here it is left out.
pub fn count(env: &Env, labels: Labels, organization: &str, took_ms: u64) {
    if let Ok(dataset) = env.analytics_engine(DATASET) {
        let point = AnalyticsEngineDataPointBuilder::new()
            .indexes([organization])
            .blobs([labels.route.as_str(), labels.method.as_str(), labels.status.to_string().as_str()])
            .add_double(f64::from(u32::try_from(took_ms).unwrap_or(u32::MAX)))
            .build();
        // A lost point is no reason to fail a request, nor worth a line in the log of each.
        dataset.write_data_point(&point).ok();
    }
    REQUESTS.with_borrow_mut(|requests| add(requests, labels, took_ms));
}

/// The sums of this isolate, as Prometheus reads them.
#[must_use]
pub fn page() -> String {
    REQUESTS.with_borrow(render)
}

fn render(requests: &BTreeMap<Labels, Sums>) -> String {
    let mut page = String::from(
        "# HELP hangtag_requests_total Requests answered by this isolate.\n# TYPE hangtag_requests_total counter\n",
    );
    let text = |labels: &Labels| {
        let status = labels.status;
        format!("route=\"{}\",method=\"{}\",status=\"{status}\"", labels.route, labels.method)
    };
    for (labels, sums) in requests {
        // Writing to a string never fails.
        writeln!(page, "hangtag_requests_total{{{}}} {}", text(labels), sums.count).ok();
    }
    page.push_str(
        "# HELP hangtag_request_duration_ms From arrival to answer, ms.\n# TYPE hangtag_request_duration_ms histogram\n",
    );
    for (labels, sums) in requests {
        let labels = text(labels);
        for (bound, within) in BOUNDS_MS.iter().zip(&sums.within) {
            writeln!(page, "hangtag_request_duration_ms_bucket{{{labels},le=\"{bound}\"}} {within}").ok();
        }
        writeln!(page, "hangtag_request_duration_ms_bucket{{{labels},le=\"+Inf\"}} {}", sums.count).ok();
        writeln!(page, "hangtag_request_duration_ms_sum{{{labels}}} {}", sums.sum_ms).ok();
        writeln!(page, "hangtag_request_duration_ms_count{{{labels}}} {}", sums.count).ok();
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_add_up_by_route_and_status() {
        let labels = |status| Labels { route: "/api/v1/events/{event}".into(), method: "GET".into(), status };
        let mut requests = BTreeMap::new();
        for (status, took_ms) in [(200, 3), (200, 30), (404, 6_000)] {
            add(&mut requests, labels(status), took_ms);
        }
        let page = render(&requests);
        let route = "route=\"/api/v1/events/{event}\",method=\"GET\"";
        for line in [
            format!("hangtag_requests_total{{{route},status=\"200\"}} 2"),
            format!("hangtag_request_duration_ms_bucket{{{route},status=\"200\",le=\"5\"}} 1"),
            format!("hangtag_request_duration_ms_bucket{{{route},status=\"200\",le=\"50\"}} 2"),
            format!("hangtag_request_duration_ms_sum{{{route},status=\"200\"}} 33"),
            format!("hangtag_request_duration_ms_bucket{{{route},status=\"404\",le=\"5000\"}} 0"),
            format!("hangtag_request_duration_ms_bucket{{{route},status=\"404\",le=\"+Inf\"}} 1"),
        ] {
            assert!(page.lines().any(|found| found == line), "{line} in\n{page}");
        }
    }

    #[test]
    fn the_number_of_series_is_bounded() {
        let mut requests = BTreeMap::new();
        for number in 0..=SERIES_MAX {
            add(&mut requests, Labels { route: number.to_string(), method: "GET".into(), status: 200 }, 1);
        }
        assert_eq!(requests.len(), SERIES_MAX);
    }
}
