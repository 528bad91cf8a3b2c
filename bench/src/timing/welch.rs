//! Welch's t of two classes of times.

/// What of the times is looked at: the shortest so many percent. What is longest is longest because of the machine.
const CROPS: [usize; 6] = [100, 99, 95, 90, 75, 50];

/// t of the crop in which the classes differ most.
pub(super) fn largest_t(times: &[(bool, f64)]) -> f64 {
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    let t = |percent: usize| {
        let last = (sorted.len() * percent / 100).saturating_sub(1);
        let longest = sorted.get(last).copied().unwrap_or(f64::INFINITY);
        t(times.iter().filter(|(_, time)| *time <= longest))
    };
    CROPS.into_iter().map(t).max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or_default()
}

fn t<'a>(times: impl Iterator<Item = &'a (bool, f64)>) -> f64 {
    let mut classes = [Class::default(); 2];
    let [fixed, random] = &mut classes;
    for (is_fixed, time) in times {
        if *is_fixed { &mut *fixed } else { &mut *random }.add(*time);
    }
    let spread = (fixed.variance_of_mean() + random.variance_of_mean()).sqrt();
    if spread > 0.0 { (fixed.mean - random.mean) / spread } else { 0.0 }
}

/// Count, mean and sum of squared distances from it, kept up to date (Welford).
#[derive(Clone, Copy, Default)]
struct Class {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Class {
    fn add(&mut self, time: f64) {
        self.count += 1.0;
        let distance = time - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (time - self.mean);
    }

    fn variance_of_mean(&self) -> f64 {
        if self.count > 1.0 { self.squares / (self.count - 1.0) / self.count } else { 0.0 }
    }
}
