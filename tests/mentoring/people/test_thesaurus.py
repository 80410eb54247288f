"""The thesaurus: its files, its loading, and what it answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from mentoring.people.models import Interest, InterestGroup, Phase, RoleFamily, RoleLevel
from mentoring.people.names import fold, fold_loose
from mentoring.people.thesaurus import Thesaurus, resolve
from mentoring.people.thesaurus_files import TOPIC_FILES, ThesaurusData, ThesaurusError, TopicEntry, read
from mentoring.people.thesaurus_load import load_thesaurus, merge_lists


@pytest.fixture(scope="module")
def files() -> ThesaurusData:
    return read()


@pytest.fixture
def loaded(db: None) -> Thesaurus:
    load_thesaurus()
    return Thesaurus.load()


@pytest.fixture(scope="module")
def words(files: ThesaurusData) -> Thesaurus:
    """What the files say, without a database."""
    return Thesaurus.of(
        [
            Interest(pk=n, slug=t.slug, label=t.label, group=t.group, synonyms=list(t.synonyms))
            for n, t in enumerate(files.topics.values(), 1)
        ],
        [
            RoleLevel(pk=n, slug=r.slug, label=r.label, family=r.family, rank=r.rank, aliases=list(r.aliases))
            for n, r in enumerate(files.roles.values(), 1)
        ],
    )


def write(folder: Path, **files: str) -> Path:
    """A folder of data files: all empty but for those given by name without `topics-` and ending."""
    for name in (*TOPIC_FILES, "roles.toml"):
        short = name.removesuffix(".toml").removeprefix("topics-").replace("-", "_")
        (folder / name).write_text(files.pop(short, ""), encoding="utf-8")
    assert not files
    return folder


# --- The files ---------------------------------------------------------------------------------------------------


def test_files__as_shipped__cover_the_field(files: ThesaurusData) -> None:
    assert len(files.roles) >= 45
    assert len(files.topics) >= 180
    assert {role.family for role in files.roles.values()} == set(RoleFamily.values)
    assert {topic.group for topic in files.topics.values()} == set(InterestGroup.values)
    bare = [topic.slug for topic in files.topics.values() if not topic.synonyms]
    assert not bare, f"no other word for {bare}"


def test_files__phases__are_topics_of_the_same_slug(files: ThesaurusData) -> None:
    for phase in Phase.values:
        if phase:
            assert files.topics[phase].group == InterestGroup.PHASE


def test_files__plurals__are_not_two_topics(files: ThesaurusData) -> None:
    """Only where the plural rightly means something else."""
    owners: dict[str, set[str]] = {}
    for topic in files.topics.values():
        if topic.group not in (InterestGroup.PHASE, InterestGroup.SETTING):
            for name in topic.names:
                owners.setdefault(fold_loose(name), set()).add(topic.slug)
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == {
        "art": {"arts", "art-and-design"},
        "art education": {"arts", "art-and-design"},
    }


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ({"leadership": '[a]\nlabel = "A"\nparent = "nowhere"'}, "its parent “nowhere” is not in the files"),
        (
            {"leadership": '[a]\nlabel = "A"\nparent = "b"\n[b]\nlabel = "B"\nparent = "a"'},
            "Parents go in a circle: a → b → a",
        ),
        ({"leadership": '[a]\nlabel = "A"\nparent = "a"'}, "Parents go in a circle: a → a"),
        ({"leadership": '[a]\nlabel = "Ants"\n[b]\nlabel = "B"\nsynonyms = ["ANTS."]'}, "names both “a” and “b”"),
        ({"leadership": '[a]\nlabel = "A"', "subjects": '[a]\nlabel = "AA"'}, "“a” stands in two files"),
        ({"leadership": "[a]\nsynonyms = []"}, "Topic “a” has no label"),
        ({"leadership": '[a]\nlabel = "A"\nsynonyms = "b, c"'}, "must be a list of texts"),
        ({"leadership": '[a]\nlabel = "A"\nsynonym = ["b"]'}, "a field “synonym”, which means nothing"),
        ({"leadership": '[A_b]\nlabel = "A"'}, "“A_b” is not a slug"),
        ({"leadership": "[a\nlabel"}, "topics-leadership.toml cannot be read"),
        ({"leadership": 'label = "A"'}, "stands outside any entry"),
        ({"roles": '[a]\nlabel = "A"\nfamily = "kitchen"\nrank = 1'}, "“kitchen” is not a family"),
        ({"roles": '[a]\nlabel = "A"\nfamily = "arts"\nrank = "high"'}, "“a” needs a rank"),
        ({"roles": '[a]\nlabel = "A"\nfamily = "arts"\nrank = 1\nequivalents = ["b"]'}, "“b” is not in the files"),
    ],
)
def test_read__faulty_files__names_the_fault(tmp_path: Path, contents: dict[str, str], sentence: str) -> None:
    with pytest.raises(ThesaurusError) as caught:
        read(write(tmp_path, **contents))
    assert sentence in str(caught.value)


def test_read__several_faults__names_all(tmp_path: Path) -> None:
    folder = write(tmp_path, leadership='[a]\nlabel = ""\n[b]\nlabel = "B"\nparent = "c"')
    with pytest.raises(ThesaurusError) as caught:
        read(folder)
    assert len(caught.value.faults) == 2


# --- Loading -----------------------------------------------------------------------------------------------------


def test_load__twice__changes_nothing(loaded: Thesaurus) -> None:
    before = list(Interest.objects.order_by("pk").values()), list(RoleLevel.objects.order_by("pk").values())
    report = load_thesaurus()
    assert (report.created, report.updated, report.kept) == (0, 0, [])
    assert (list(Interest.objects.order_by("pk").values()), list(RoleLevel.objects.order_by("pk").values())) == before


def test_load__equivalents__stand_in_both_directions(loaded: Thesaurus) -> None:
    senior = RoleLevel.objects.get(slug="assistant-headteacher")
    manager = RoleLevel.objects.get(slug="learning-manager")
    assert manager in senior.equivalents.all()
    assert senior in manager.equivalents.all()


def test_load__editor_changed_fields__stay_and_the_rest_follows(loaded: Thesaurus, files: ThesaurusData) -> None:
    maths = Interest.objects.get(slug="maths")
    maths.label = "Mathematics for all"
    maths.synonyms = [*(s for s in maths.synonyms if s != "Times tables"), "Sums"]
    maths.active = False
    maths.save()
    entry = files.topics["maths"]
    newer = TopicEntry(
        slug="maths", label="Maths", group=entry.group, synonyms=(*entry.synonyms, "Reckoning"), active=True
    )
    report = load_thesaurus(ThesaurusData(topics=files.topics | {"maths": newer}, roles=files.roles))
    maths.refresh_from_db()
    assert maths.label == "Mathematics for all"
    assert maths.active is False
    assert "Reckoning" in maths.synonyms
    assert "Sums" in maths.synonyms
    assert "Times tables" not in maths.synonyms
    assert report.kept == ["“Mathematics for all”: label stays “Mathematics for all”, as an editor set it.",
                           "“Mathematics for all”: active stays “False”, as an editor set it."]  # fmt: skip


def test_load__editor_moved_a_topic__it_stays_there(loaded: Thesaurus) -> None:
    phonics = Interest.objects.get(slug="phonics")
    phonics.parent = Interest.objects.get(slug="reading")
    phonics.save()
    report = load_thesaurus()
    phonics.refresh_from_db()
    assert phonics.parent is not None
    assert phonics.parent.slug == "reading"
    assert len(report.kept) == 1


def test_load__editors_parents_would_close_a_circle__file_gives_way(loaded: Thesaurus, files: ThesaurusData) -> None:
    parent, child = Interest.objects.get(slug="maths"), Interest.objects.get(slug="science")
    parent.parent = child
    parent.save()
    newer = TopicEntry(slug="science", label="Science", group=files.topics["science"].group, parent="maths")
    load_thesaurus(ThesaurusData(topics=files.topics | {"science": newer}, roles=files.roles))
    child.refresh_from_db()
    assert child.parent is None


def test_load__editor_renamed_slug__same_row_is_kept(loaded: Thesaurus) -> None:
    Interest.objects.filter(slug="maths").update(slug="numbers-and-shapes")
    count = Interest.objects.count()
    assert load_thesaurus().created == 0
    assert Interest.objects.count() == count


def test_load__editor_made_the_topic_first__is_adopted(db: None) -> None:
    own = Interest.objects.create(label="Maths and numeracy", group=InterestGroup.SUBJECT, synonyms=["Sums"])
    load_thesaurus()
    own.refresh_from_db()
    assert {"Sums", "Numeracy"} <= set(own.synonyms)
    assert Interest.objects.filter(label="Maths and numeracy").count() == 1


def test_load__entry_left_the_files__row_stays(loaded: Thesaurus, files: ThesaurusData) -> None:
    fewer = {slug: topic for slug, topic in files.topics.items() if slug != "circus"}
    load_thesaurus(ThesaurusData(topics=fewer, roles=files.roles))
    assert Interest.objects.get(slug="circus").active


def test_load__retired_in_the_files__is_retired(loaded: Thesaurus, files: ThesaurusData) -> None:
    gone = TopicEntry(**{**vars(files.topics["circus"]), "active": False})
    load_thesaurus(ThesaurusData(topics=files.topics | {"circus": gone}, roles=files.roles))
    assert not Interest.objects.get(slug="circus").active
    assert resolve("circus skills") is None


def test_load_thesaurus__command__says_what_it_did(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_thesaurus")
    assert "created" in capsys.readouterr().out
    call_command("load_thesaurus", check=True)
    assert "In order" in capsys.readouterr().out


def test_load_thesaurus__faulty_folder__is_refused_and_nothing_loaded(db: None, tmp_path: Path) -> None:
    write(tmp_path, leadership='[a]\nlabel = "A"\n[b]\nlabel = "B"\nparent = "c"')
    with pytest.raises(CommandError, match="not in the files"):
        call_command("load_thesaurus", folder=tmp_path)
    assert not Interest.objects.exists()


def test_merge_lists__three_sides__keeps_the_editors_will() -> None:
    assert merge_lists(["a", "mine"], ["a", "b"], ["a", "b", "c"]) == ["a", "c", "mine"]


# --- Looking up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("numeracy", "maths"),
        ("MATHS", "maths"),
        ("theatre", "drama"),
        ("Théâtre", "drama"),
        ("art", "art-and-design"),
        ("Arts", "arts"),
        ("learning walk", "quality-assurance"),
        ("D & T", "design-and-technology"),
        ("EYFS", "early-years"),
        ("K.S. 2", "key-stage-2"),
        ("childminders", "childminding"),
    ],
)
def test_topic__words_people_type__are_known(words: Thesaurus, text: str, slug: str) -> None:
    found = words.topic(text).entry
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Deputy Headteacher", "deputy-headteacher"),
        ("deputy head teacher", "deputy-headteacher"),
        ("DHT", "deputy-headteacher"),
        ("Deputy Principal", "deputy-headteacher"),
        ("Head of School", "head-of-school"),
        ("SENDCo", "senco"),
        ("Inclusion Lead", "senco"),
        ("T.A.", "teaching-assistant"),
        ("Nursery nurses", "early-years-practitioner"),
        ("Head of Learning & Participation", "head-of-creative-learning"),
    ],
)
def test_role__titles_people_have__are_known(words: Thesaurus, text: str, slug: str) -> None:
    found = words.role(text).entry
    assert found is not None
    assert found.slug == slug


def test_every_name__in_the_files__finds_its_entry(words: Thesaurus, files: ThesaurusData) -> None:
    for topic in files.topics.values():
        names = words.audiences if topic.group in (InterestGroup.PHASE, InterestGroup.SETTING) else words.topics
        for name in topic.names:
            found = names.find(name).entry
            assert found is not None, name
            assert found.slug == topic.slug, name
    for role in files.roles.values():
        for name in role.names:
            answer = words.role(name)
            if fold(name) in files.shared:
                assert role.slug in {level.slug for level in answer.candidates}, name
            else:
                assert answer.entry is not None, name
                assert answer.entry.slug == role.slug, name


def test_role__title_of_two_steps__is_asked_not_guessed(words: Thesaurus) -> None:
    answer = words.role("CEO")
    assert answer.entry is None
    assert answer.ambiguous
    assert {level.slug for level in answer.candidates} == {"trust-chief-executive", "arts-director"}


@pytest.mark.parametrize("text", ["safegarding", "Leading a maths team", "", "   ", "🎭", "x" * 300])
def test_topic__unknown__is_not_guessed(words: Thesaurus, text: str) -> None:
    answer = words.topic(text)
    assert not answer.known
    assert not answer.ambiguous


def test_topic__typing_error__offers_what_is_near(words: Thesaurus) -> None:
    assert [topic.slug for topic in words.topic("safegarding").candidates] == ["safeguarding"]


def test_load_lookup__any_size__takes_two_queries(loaded: Thesaurus, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):  # topics, levels
        words = Thesaurus.load()
        for text in ("numeracy", "unheard of", "DHT"):
            resolve(text, words=words)


def test_topic__parent_below_itself__is_refused(loaded: Thesaurus) -> None:
    leadership = Interest.objects.get(slug="leadership")
    leadership.parent = Interest.objects.get(slug="aspiring-headship")
    leadership.full_clean()
    leadership.parent = Interest.objects.get(slug="headship")
    with pytest.raises(ValidationError, match="cannot lie below itself"):
        leadership.full_clean()
