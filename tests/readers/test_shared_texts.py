import random
import tracemalloc

import pytest

from migrator.readers.shared_texts import BLOCK_CHARACTERS, SharedTexts


def test_texts_come_back_in_any_order_exactly():
    texts = [f"{number} é😀\n" * (number % 50) for number in range(4_000)]
    shared = SharedTexts(iter(texts))
    numbers = list(range(4_000))
    random.Random(1).shuffle(numbers)
    assert all(shared[number] == texts[number] for number in numbers)
    shared.close()


def test_texts_longer_than_a_block_come_back():
    texts = ["a" * BLOCK_CHARACTERS * 2, "", "b"]
    shared = SharedTexts(iter(texts))
    assert [shared[2], shared[0], shared[1]] == ["b", texts[0], ""]
    shared.close()


@pytest.mark.parametrize("number", [-1, 3])
def test_a_text_that_is_not_there_is_an_error(number):
    shared = SharedTexts(iter("abc"))
    with pytest.raises(IndexError):
        shared[number]
    shared.close()


def test_nothing_is_read_before_it_is_asked_for():
    texts = iter(map(str, range(1000)))
    shared = SharedTexts(texts)
    assert shared[9] == "9"
    assert next(texts) == "10"
    shared.close()


def test_memory_does_not_grow_with_the_texts():
    shared = SharedTexts(str(number) * 20 for number in range(60_000))
    tracemalloc.start()
    assert shared[59_999] == "59999" * 20
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20
    shared.close()
