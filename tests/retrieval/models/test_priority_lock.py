import threading
import time

from retrieval.models.priority_lock import PriorityLock


def test_urgent_work_goes_before_background_work_that_waited_longer():
    lock, order = PriorityLock(), []
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with lock.background():
            entered.set()
            leave.wait()

    def background():
        with lock.background():
            order.append("background")

    def urgent():
        with lock.urgent():
            order.append("urgent")

    threads = [threading.Thread(target=work) for work in (hold, background, urgent)]
    threads[0].start()
    entered.wait()
    for thread in threads[1:]:
        thread.start()
        time.sleep(0.05)  # so that it waits for the lock
    leave.set()
    for thread in threads:
        thread.join()
    assert order == ["urgent", "background"]


def test_only_one_holds_the_lock_at_a_time():
    lock, held, most = PriorityLock(), [], []

    def work(way):
        for _ in range(50):
            with way():
                held.append(1)
                most.append(len(held))
                held.pop()

    threads = [threading.Thread(target=work, args=(way,)) for way in (lock.urgent, lock.background) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 300


def test_an_error_of_the_holder_frees_the_lock():
    lock = PriorityLock()
    try:
        with lock.urgent():
            raise ValueError
    except ValueError:
        pass
    with lock.background():
        pass
