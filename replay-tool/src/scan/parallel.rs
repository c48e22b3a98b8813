//! Several threads on one file.

use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::seam::{Job, Seam, next_job};
use super::{Checked, File, Reading, ScanError, check_block};
use crate::block::Blocks;
use crate::limits::BLOCKS_WAITING_PER_WORKER;

/// Deals blocks to workers in turn and collects what they found in the same order.
pub(super) fn walk<R, W>(
    mut blocks: Blocks<R>,
    workers: usize,
    file: &File,
    reading: &W,
    mut follow: impl FnMut(Checked, W::Gathered) -> Result<(), ScanError>,
) -> Result<(), ScanError>
where
    R: Read + Send,
    W: Reading,
{
    thread::scope(|scope| {
        let mut to_workers: Vec<SyncSender<Job>> = Vec::with_capacity(workers);
        let mut from_workers: Vec<Receiver<(Checked, W::Gathered)>> = Vec::with_capacity(workers);
        for _ in 0..workers {
            let (send_job, jobs) = sync_channel::<Job>(BLOCKS_WAITING_PER_WORKER);
            let (send_checked, checked) = sync_channel(BLOCKS_WAITING_PER_WORKER);
            scope.spawn(move || {
                for job in jobs {
                    let mut gathered = W::Gathered::default();
                    let (checked, _) = check_block(file, job, |line| {
                        reading.gather(line, &mut gathered);
                        Ok(())
                    });
                    if send_checked.send((checked, gathered)).is_err() {
                        return;
                    }
                }
            });
            to_workers.push(send_job);
            from_workers.push(checked);
        }
        let reader = scope.spawn(move || -> Result<(), ScanError> {
            let mut seam = Seam::before(file.start());
            for worker in (0..workers).cycle() {
                let Some(job) = next_job(&mut blocks, &mut seam)? else { break };
                if to_workers[worker].send(job).is_err() {
                    break;
                }
            }
            Ok(())
        });
        let followed = (0..workers)
            .cycle()
            .map_while(|worker| from_workers[worker].recv().ok())
            .try_for_each(|(checked, gathered)| follow(checked, gathered));
        // Workers that still have something to say stop when nobody listens.
        drop(from_workers);
        let read = reader.join().map_err(|_| ScanError::Worker)?;
        followed.and(read)
    })
}
