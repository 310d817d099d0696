//! The open model: arrivals by a schedule which the server cannot delay.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::iter::Peekable;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use crate::clock::Alarm;
use crate::link::Link;
use crate::plan::Model;
use crate::schedule::{Arrival, Arrivals};
use crate::target::Protocol;
use crate::worker::{Context, Share};

/// An arrival that is due and not sent.
#[derive(Debug, Clone, Copy)]
struct Due {
    arrival: Arrival,
    intended: Instant,
    /// How long after its time the generator noticed it.
    unnoticed: Duration,
}

/// The arrivals of a worker: those to come, and those that wait for a connection.
#[derive(Debug)]
struct Queue {
    context: Rc<Context>,
    coming: RefCell<Peekable<Arrivals>>,
    waiting: RefCell<VecDeque<Due>>,
    limit: usize,
    idle: Cell<usize>,
    wake: Notify,
}

/// Sends a worker's part of the schedule. Returns when everything is answered, or given up at the end of the drain.
///
/// # Errors
/// When the operating system refuses a timer.
pub(crate) async fn load(context: &Rc<Context>, share: Share, links: Vec<Rc<Link>>) -> io::Result<()> {
    let Model::Open { streams_per_connection, queue_limit, .. } = context.job.plan.model else {
        return Ok(());
    };
    let streams = match context.job.protocol {
        Protocol::Http2 if context.job.plan.keep_alive => streams_per_connection,
        _ => 1,
    };
    let queue = Rc::new(Queue::new(context, share, queue_limit));
    let mut senders = JoinSet::new();
    for _ in 0..streams {
        for link in &links {
            senders.spawn_local(sender(Rc::clone(&queue), Rc::clone(link)));
        }
    }
    queue.keep_time().await?;
    senders.join_all().await;
    queue.give_up();
    Ok(())
}

/// Sends one arrival after the other.
async fn sender(queue: Rc<Queue>, link: Rc<Link>) {
    let context = &queue.context;
    let mut free_since = context.timeline.start;
    while let Some(due) = queue.next().await {
        // What the generator is late by is counted from the moment at which it could have sent: due, and this sender free.
        let could = due.intended.max(free_since);
        let late = Instant::now().saturating_duration_since(could).max(due.unnoticed);
        if !queue.take_turn().await {
            queue.drop_arrival(&due);
            return;
        }
        let measured = due.arrival.measured;
        if measured {
            context.tally.borrow_mut().scheduled(late);
        }
        let request = context.job.mix.pick(0, due.arrival.position);
        let (_, ended) = context.send(&link, request, Some(due.intended), measured).await;
        free_since = ended;
    }
}

impl Queue {
    fn new(context: &Rc<Context>, share: Share, limit: u32) -> Self {
        let job = &context.job;
        let arrivals = Arrivals::new(
            job.warm_up.clone(),
            job.schedule.clone(),
            job.plan.warm_up,
            u64::from(share.index),
            u64::from(share.workers),
        );
        Self {
            context: Rc::clone(context),
            coming: RefCell::new(arrivals.peekable()),
            waiting: RefCell::default(),
            limit: limit.div_ceil(share.workers) as usize,
            idle: Cell::new(0),
            wake: Notify::new(),
        }
    }

    /// Queues each arrival when it is due, whatever the senders are doing.
    async fn keep_time(&self) -> io::Result<()> {
        let mut alarm = Alarm::new()?;
        while let Some(next) = self.admit(Instant::now()) {
            alarm.wait_until(next).await?;
        }
        Ok(())
    }

    /// Queues what is due at `now` and returns when the next arrival is; `None` after the last.
    fn admit(&self, now: Instant) -> Option<Instant> {
        let start = self.context.timeline.start;
        let mut coming = self.coming.borrow_mut();
        while let Some(&arrival) = coming.peek() {
            let intended = start + arrival.due;
            if intended > now {
                return Some(intended);
            }
            coming.next();
            self.enqueue(Due { arrival, intended, unnoticed: now - intended });
        }
        self.wake.notify_waiters();
        None
    }

    fn enqueue(&self, due: Due) {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= self.limit {
            self.drop_arrival(&due);
            return;
        }
        waiting.push_back(due);
        self.context.queued.set(waiting.len() as u64);
        if self.idle.get() > 0 {
            self.wake.notify_one();
        }
    }

    /// The arrival that waits longest, as soon as there is one; `None` when there will be none, or no time to send it.
    async fn next(&self) -> Option<Due> {
        loop {
            let now = Instant::now();
            if now >= self.context.timeline.hard_end {
                return None;
            }
            // A busy thread reaches its timers late; whoever is about to send looks at the clock as well.
            let more = self.admit(now).is_some();
            let due = self.waiting.borrow_mut().pop_front();
            if due.is_some() {
                self.context.queued.set(self.waiting.borrow().len() as u64);
                return due;
            }
            if !more {
                return None;
            }
            self.idle.set(self.idle.get() + 1);
            self.wake.notified().await;
            self.idle.set(self.idle.get() - 1);
        }
    }

    /// Waits for the turn that a cap grants; `false` when the run ends first.
    async fn take_turn(&self) -> bool {
        let end = self.context.timeline.hard_end;
        match &self.context.job.pacer {
            Some(pacer) => timeout_at(end.into(), pacer.turn()).await.is_ok(),
            None => true,
        }
    }

    fn drop_arrival(&self, due: &Due) {
        if due.arrival.measured {
            self.context.tally.borrow_mut().dropped(due.unnoticed);
        }
    }

    fn give_up(&self) {
        let left = std::mem::take(&mut *self.waiting.borrow_mut());
        left.iter().for_each(|due| self.drop_arrival(due));
        self.context.queued.set(0);
    }
}
