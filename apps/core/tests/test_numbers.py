import pytest

from apps.core.numbers import is_number, new_number


@pytest.mark.django_db
def test_a_number_has_twenty_digits_and_begins_with_the_day():
    number = new_number()

    assert len(number) == 20
    assert is_number(number)


@pytest.mark.django_db
def test_one_wrong_digit_is_noticed_wherever_it_stands():
    number = new_number()

    for place in range(20):
        wrong = str((int(number[place]) + 1) % 10)
        assert not is_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "1" * 19, "1" * 21, "١" * 20, "1" * 19 + "x", "１" * 20])
def test_what_is_no_number_is_not_looked_up(text):
    assert not is_number(text)
