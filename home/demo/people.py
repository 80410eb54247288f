"""Eighty invented people of the demo's schools, nurseries and arts organisations. Any likeness is chance."""

from __future__ import annotations

from datetime import date

from core.models import User
from mentoring.people.models import Direction, Interest, InterestGroup, Profile, ProfileInterest, RoleLevel

from . import organisations as places

L, E, M = places.LARKFIELD, places.ESTUARY, places.MILL_LANE
W, S, B = places.WEAVERS, places.LIMEHOUSE, places.BOW
N, C, A, K = places.POPLAR, places.SHADWELL, places.ACORNS, places.WHARF
H, G, T, X = places.HALF_MOON, places.WHITECHAPEL, places.THAMES, places.TRUST

#: name | place | job title | level > next step | seeks | offers | about. Topics by slug; “*” for what matters most.
PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("Adaeze Holloway", L, "Year 2 teacher|teacher>subject-leader|*subject-leadership curriculum confidence||Phonics is my home ground. I have just been asked to look after history and I am learning how to lead people older than me."),
    ("Aidan Pockridge", L, "Deputy headteacher|deputy-headteacher>headteacher|*aspiring-headship budgets|*difficult-conversations behaviour timetabling|Fifteen years in three schools. I would like to understand money before I ever sign for any."),
    ("Parveen Lockhart", L, "Headteacher|headteacher||*headship difficult-conversations parents-and-community governance|I became a head in the year of the flood. I can help with most things that leak."),
    ("Tomos Birdwhistle", L, "Teaching assistant|teaching-assistant>trainee-teacher|*route-into-teaching confidence||I work with a child with Down’s syndrome and love it. I wonder whether I could have a class of my own."),
    ("Yuki Fernsby", L, "Early career teacher|early-career-teacher>teacher|*behaviour workload|drawing|Second year in Year 5. I came from illustration and still draw every morning."),
    ("Olamide Thistlewood", L, "SENDCo|senco>assistant-headteacher|aspiring-senior-leadership *delegation|*send autism trauma-informed-practice inclusion-leadership|Our provision map used to be a drawer. I have opinions about paperwork, and templates."),
    ("Rosalind Ekdahl", L, "Office manager|office-manager>school-business-manager|*budgets leading-people||I know everybody’s birthday and every form. The finance side is where I want to grow."),
    ("Bilal Quennell", L, "Phase leader, Years 3 and 4|phase-leader>assistant-headteacher|*difficult-conversations change-management|maths assessment|Four teachers, two of them new. I make good timetables and avoid awkward talks."),
    ("Siobhan Akintola", E, "Year 1 teacher|teacher>early-years-lead|play *early-years-leadership|phonics reading|I moved up from Reception and miss the sand. Continuous provision in Year 1 is my project."),
    ("Marek Dunnock", E, "Assistant headteacher|assistant-headteacher>deputy-headteacher|*aspiring-senior-leadership inspection|curriculum *assessment quality-assurance|I lead curriculum in a one-form-entry school, which means I mostly lead myself."),
    ("Folasade Winterbourne", E, "Headteacher|headteacher>executive-headteacher|*trust-leadership|headship small-school falling-rolls *vision-and-values|Small schools are not small jobs. I can talk about mixed-age classes until you leave."),
    ("Callum Osei-Drake", E, "PE lead and Year 6 teacher|subject-leader>phase-leader|phase-leadership *leading-people|physical-education dance|I play five-a-side badly on Thursdays. I want our sport to reach the children who hide at the back."),
    ("Ingrid Maloney", E, "Higher-level teaching assistant|higher-level-teaching-assistant>trainee-teacher|*route-into-teaching career-planning|communication-and-language|I run our talk groups. Nineteen years in, everybody says: why don’t you train?"),
    ("Haroon Petherick", E, "Computing lead|subject-leader>head-of-department|digital-strategy *first-leadership-role|computing music-technology|Our laptops are older than our Year 3s. I make podcasts with pupils on what we have."),
    ("Chiamaka Oldroyd", E, "Learning mentor|learning-mentor>pastoral-manager|*pastoral-leadership supervision|semh pupil-mental-health|Former youth worker. My room has beanbags and a rule: nobody has to talk."),
    ("Gethin Sandoval", E, "Early career teacher|early-career-teacher>teacher|*workload maths||First year. I love the job on Tuesdays. I would like to love it on Sundays too."),
    ("Leocadia Frost", M, "Art and design lead|subject-leader>phase-leader|*subject-leadership exhibitions|art-and-design *printmaking textiles|I trained as a weaver. Our corridor is a gallery; now I need colleagues to teach art when I am not there."),
    ("Nikhil Barrowclough", M, "Year 4 teacher|teacher>subject-leader|*music confidence|reading storytelling|I have been given music because I own a ukulele. Help."),
    ("Esperanza Whitlock", M, "Deputy headteacher|deputy-headteacher>head-of-school|*headship governance|coaching mentoring-new-teachers *professional-development|I look after our new teachers. I am good at beginnings and would like to see what comes after."),
    ("Femi Castellane", M, "Headteacher|headteacher||*trauma-informed-practice headship leading-people staff-wellbeing|We changed how we speak to children when they are at their worst. It took four years and was worth it."),
    ("Dorothea Nwosu", M, "Early years lead|early-years-lead>assistant-headteacher|*aspiring-senior-leadership data-and-assessment-leadership|*early-years-leadership play outdoor-learning|Mud kitchen architect. I would like a seat at the table where timetables are made."),
    ("Jowan Ashgrove", M, "Teacher of Year 6|teacher>lead-practitioner|instructional-coaching *research-and-evidence|writing questioning-and-dialogue|I read research on the train and want to know what survives contact with Year 6."),
    ("Sunniva Bhatt", M, "Family support worker|family-support-worker>deputy-designated-safeguarding-lead|*safeguarding supervision|parents-and-community attendance|I walk with families to appointments. The phone calls are the hard part of my week."),
    ("Lorcan Adebayo", M, "Site manager|premises-manager>school-business-manager|*project-management budgets|premises-and-health-and-safety|I was a stage carpenter for ten years. I can build anything except a spreadsheet."),
    ("Winifred Tan", X, "Director of people|trust-operations-director||*recruitment-and-retention flexible-working appraisal|Half our leaders first worked part-time with us. I like to help people ask for what they need."),
    ("Cosmo Redfearn", X, "Executive headteacher|executive-headteacher>director-of-education|*governance|*trust-leadership headship partnerships change-management|Two schools, one diary. I have learned to leave meetings early and corridors late."),
    ("Bahar Linklater", X, "Trust business manager|school-business-manager>trust-operations-director|*trust-leadership|*budgets fundraising project-management|I write the bids. We get about one in three, which I am told is good."),
    ("Emrys Oduya", W, "Class teacher and art lead|teacher>subject-leader|*art-and-design curriculum|history|I inherited art from a colleague who could really paint. I can organise a trip."),
    ("Saskia Greenhalgh", W, "Assistant headteacher, inclusion|assistant-headteacher>deputy-headteacher|*deputy-headship budgets|eal refugees-and-new-arrivals *send|Thirty-one languages in our playground. I came here with one of them at nine years old."),
    ("Mohammed Ravensworth", W, "Year 5 teacher|teacher>phase-leader|*process-drama first-leadership-role|computing|I taught the Vikings in role as a very frightened monk. I would like to do that on purpose."),
    ("Beatriz Holmes-Achebe", W, "Headteacher|headteacher||equality-and-diversity *headship artists-in-schools parents-and-community|I am a head who still teaches singing on Fridays. I like mentoring people who doubt themselves."),
    ("Tegan Mukherjee", W, "Reception teacher|teacher>early-years-lead|*early-years-arts communication-and-language|phonics early-maths|My class painted a rainstorm that lasted a week. I want to be braver with clay and with noise."),
    ("Ruaridh Chowdhury", W, "Teaching assistant|teaching-assistant>higher-level-teaching-assistant|*autism confidence|languages|I work one to one in Year 3. I speak Sylheti, Bengali and fluent dinosaur."),
    ("Annelise Okonjo", W, "Music coordinator|subject-leader>learning-manager|*instrumental-music moving-setting|*singing early-years-music|Our choir has ninety children and no accompanist. I think a lot about leaving the classroom for an arts job."),
    ("Dafydd Rahimi", S, "Head of art|head-of-department>assistant-headteacher|*aspiring-senior-leadership exhibitions|art-and-design *department-leadership ceramics|I still make pots, badly and often. Our sixth form show was in a car park and better for it."),
    ("Philippa Mensah", S, "Drama teacher|teacher>head-of-department|*department-leadership devising|*drama physical-theatre shakespeare|Four years of teaching, ten of touring. I can get thirty people to fall over safely."),
    ("Zubair Hartnell", S, "Early career teacher, art|early-career-teacher>teacher|*behaviour artist-practice|photography digital-art|I make photobooks. Since September I mostly make seating plans."),
    ("Mirembe Caulfield", S, "Assistant headteacher|assistant-headteacher>deputy-headteacher|*headship inspection|behaviour *pastoral-leadership attendance|I run the gate, the detentions and the breakfast club. The breakfast club is the one that works."),
    ("Otis Kowalczyk", S, "Head of music|head-of-department>associate-senior-leader|*timetabling budgets|music *composing world-music|Steel pans, samba and a string quartet of eleven. I want to keep music on the timetable for everybody."),
    ("Niamh Abara", S, "Head of year 9|head-of-year>director-of-pastoral-care|*difficult-conversations contextual-safeguarding|semh parents-and-community|Year 9 are wonderful if you feed them. I have been the calm one for six years; who calms me?"),
    ("Ishaan Trevelyan", S, "Teacher of English|teacher>lead-practitioner|*oracy instructional-coaching|english creative-writing|We run a poetry slam in the canteen. I would like talk to be everywhere, not only on stage."),
    ("Gwendolen Faraday-Sow", S, "Deputy headteacher|deputy-headteacher>headteacher|*aspiring-headship communication|*curriculum quality-assurance difficult-conversations|I have applied for one headship and come second. I am nearly ready to try again."),
    ("Kofi Merriweather", S, "Art technician|technician>artist-educator|*freelance-careers career-planning|sculpture craft|I fix kilns and build plinths. On Saturdays I cast concrete shoes."),
    ("Aurelia Shah-Benson", B, "Head of drama|head-of-department>assistant-headteacher|*difficult-conversations strategy|*drama devising department-leadership musical-theatre|Three shows a year and a department of two. Somebody should have told me about budgets."),
    ("Rhodri Okafor", B, "Teacher of dance|teacher>head-of-department|*subject-leadership fundraising|*dance physical-theatre|I danced until my knee said otherwise. Boys’ dance is my quiet revolution."),
    ("Catriona Balogun", B, "SENCo|senco>assistant-headteacher|delegation *strategy|*inclusion-leadership dyslexia adhd|I trained as a lawyer, which helps with tribunals and nothing else."),
    ("Lucian Pereira-Hope", B, "Early career teacher, drama|early-career-teacher>teacher|*drama workload||I know what I want lessons to feel like. I do not yet know how to end them on time."),
    ("Meredith Afolabi", B, "Principal|headteacher||*headship vision-and-values recruitment-and-retention women-in-leadership|I opened this school with ninety pupils and no hall. We had assemblies in the rain."),
    ("Stellan Dhillon", B, "Head of sixth form|head-of-sixth-form>deputy-headteacher|*deputy-headship|*careers-education exam-courses applications-and-interviews|Two hundred personal statements a year. I can spot a borrowed sentence at forty paces."),
    ("Araminta Yeboah", B, "Teacher of textiles|teacher>subject-leader|exhibitions *subject-leadership|*textiles equality-and-diversity|We remade the school uniform out of old uniform. The head wore it."),
    ("Corin Valdez-Price", B, "Learning technologies manager|it-manager>associate-senior-leader|*change-management leading-people|digital-strategy film|Nobody phones me when things work. I would like to lead something before it breaks."),
    ("Ottoline Hussain", N, "Headteacher, nursery school|nursery-school-headteacher||*early-years-leadership budgets communication-and-language headship|A nursery school survives on stubbornness. I have been through two consultations on closing us."),
    ("Jarek Fairweather", N, "Early years practitioner|early-years-practitioner>room-leader|*early-years-leadership confidence|outdoor-learning|Men in early years get asked to move furniture. I want to be asked about babies."),
    ("Precious Lindqvist", N, "Nursery teacher|early-years-teacher>early-years-lead|*early-years-leadership early-years-arts|*play early-childhood|I document everything with a film camera. The parents’ evening is the size of a cinema."),
    ("Blessing Carrick", N, "Room leader, two-year-olds|room-leader>deputy-nursery-manager|*leading-people difficult-conversations|*babies-and-toddlers personal-social-emotional-development|Twelve two-year-olds and four adults. The two-year-olds are easier."),
    ("Hester Rahman", N, "Nursery nurse|early-years-practitioner>early-years-teacher|*early-years-music qualifications|languages|I sing all day in two languages and would like to know what I am doing."),
    ("Tamsin Adjei", C, "Children’s centre manager|childrens-centre-manager||partnerships *parents-and-community leading-people safeguarding|We are one building and eleven services. I broker."),
    ("Rafael Nightingale", C, "Family worker|family-support-worker>childrens-centre-manager|*first-leadership-role budgets|fathers-and-male-carers parents-and-community|I started a dads’ Saturday group with a kettle and one dad."),
    ("Ayesha Brackenbury", C, "Early years practitioner|early-years-practitioner>room-leader|*early-years-arts storytelling|sensory-learning|Messy play, every day, indoors. I apologise to the carpet."),
    ("Ulrika Sesay", C, "Deputy manager|deputy-nursery-manager>childrens-centre-manager|*delegation strategy|communication-and-language *supervision|I have a list of everything and a second list of who should really do it."),
    ("Peony Archibald-Khan", A, "Childminder|childminder||early-years-arts *early-years-music|outdoor-learning *childminding|Four children, two acorns in the logo, one small garden. We go out in all weathers."),
    ("Desta Wolfenden", A, "Childminding assistant|nursery-assistant>childminder|*qualifications confidence|storytelling|I came to help for a fortnight three years ago. Now I want my own registration."),
    ("Bartholomew Iqbal", K, "Headteacher|headteacher||*send headship pmld partnerships|A special school is a school that decided to notice. I welcome visitors, and they always come back."),
    ("Leilani Crowther", K, "Teacher|teacher>phase-leader|*phase-leadership sensory-learning|*pmld music|I teach eight young people, most without words. We have a band."),
    ("Tobias Agyeman", K, "Assistant headteacher|assistant-headteacher>deputy-headteacher|*deputy-headship school-improvement|autism *behaviour curriculum|I moved from mainstream and unlearned most of it."),
    ("Maeve Sithole", K, "Music therapist|school-counsellor>learning-manager|*moving-setting fundraising|*arts-and-health music|I write funding bids at night and play the cello by day. One of these should change."),
    ("Kenji Blackwood", K, "Teaching assistant|teaching-assistant>higher-level-teaching-assistant|*pmld career-planning|puppetry|I make puppets that speak for people. The head’s is a heron."),
    ("Cressida Amoah", H, "Head of creative learning|head-of-creative-learning>arts-director|*trust-leadership fundraising|*drama arts-leadership artists-in-schools partnerships|I run the programme for schools and have a chair on wheels, so that I can be in every meeting."),
    ("Jonty Vasquez", H, "Creative learning producer|learning-producer>learning-manager|*leading-people difficult-conversations|devising *process-drama project-management|I make shows with primary schools. I manage four freelancers and would like to do it kindly and well."),
    ("Shanice Underhill", H, "Youth theatre director|learning-producer>learning-manager|*budgets strategy|*devising playwriting storytelling|Tuesdays are for eleven-year-olds, Thursdays for sixteen-year-olds, Wednesdays for lying down."),
    ("Ptolemy Grant", H, "Drama facilitator|artist-educator>learning-producer|*freelance-careers behaviour|physical-theatre puppetry|Freelance for seven years. I can hold a hall of sixty; I cannot hold a tax return."),
    ("Wren Abdullahi", H, "Learning assistant|arts-learning-assistant>learning-officer|*career-planning confidence|film|First job in a theatre. I know where every prop is and not yet what I want."),
    ("Solveig Barnaby", G, "Curator of schools and teachers|curator>head-of-creative-learning|*leading-people budgets|*museums-and-galleries visual-arts exhibitions|I love it when a class disagrees about a painting. I am learning to enjoy when my team does."),
    ("Idris Featherstone", G, "Gallery educator|artist-educator>learning-officer|*send career-planning|*drawing art-history|Painter. I talk with groups in front of other people’s work and go home to my own."),
    ("Calliope Mbeki", G, "Learning manager|learning-manager>head-of-creative-learning|*strategy fundraising|*art-and-design artists-in-schools project-management|I was a primary teacher for nine years and still count heads on escalators."),
    ("Florian Achterberg", G, "Schools programme officer|learning-officer>learning-producer|*project-management confidence|photography printmaking|I book two hundred visits a year. I have ideas about what happens after they leave."),
    ("Nomvula Hastings", T, "Head of the music service|head-of-creative-learning>education-adviser|*change-management strategy|*music instrumental-music partnerships budgets|Two thousand children learn an instrument with us each week. Nobody has ever seen them all in one room."),
    ("Leopold Sarkar", T, "Arts education officer|arts-development-officer>learning-manager|*fundraising leading-people|artists-in-schools *artsmark|I connect people who should have met years ago. It is mostly tea."),
    ("Griselda Amponsah", T, "Violin teacher|instrumental-teacher>learning-officer|*early-years-music moving-setting|*instrumental-music singing|I teach in nine schools and own one good coat. Whole-class violin is as loud as you think."),
    ("Evander Qureshi", T, "Early years arts adviser|education-adviser||*early-years-arts early-years-leadership professional-development music|I bring artists into nurseries and sit on the floor with both. I am happiest when nobody performs."),
)  # fmt: skip


def load(*, today: date) -> None:
    """People by their address; who is there already stays as they are."""
    levels = {level.slug: level for level in RoleLevel.objects.all()}
    topics = {topic.slug: topic for topic in Interest.objects.all()}
    phases = {topic.slug: topic for topic in topics.values() if topic.group == InterestGroup.PHASE}
    for name, place, rest in PEOPLE:
        job, ladder, *lists, about = rest.split("|")
        email = f"{name.lower().replace(' ', '.')}@example.org"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=name)
        if Profile.objects.filter(user=user).exists():
            continue
        level, _, step = ladder.partition(">")
        organisation = places.organisation(place)
        profile = Profile.objects.create(
            user=user,
            display_name=name,
            organisation=organisation,
            job_title=job,
            role_level=levels[level],
            aspiration_level=levels[step] if step else None,
            bio=about,
        )
        if organisation.phase in phases:
            profile.phases.add(phases[organisation.phase])
        seeks, offers = [*lists, ""][:2] if step else ["", " ".join(lists)]
        for direction, words in ((Direction.SEEK, seeks), (Direction.OFFER, offers)):
            ProfileInterest.objects.bulk_create(
                ProfileInterest(
                    profile=profile,
                    interest=topics[word.lstrip("*")],
                    direction=direction,
                    strength=3 if word.startswith("*") else 2,
                )
                for word in words.split()
            )
    _line_managers()


def _line_managers() -> None:
    """In each place, whoever leads it manages its deputies and assistants: pairs that are never matched."""
    for place in {place for _, place, _ in PEOPLE}:
        people = list(
            Profile.objects.filter(organisation__name=place, role_level__isnull=False).select_related("role_level")
        )
        heads = [person for person in people if person.role_level and person.role_level.rank >= 55]
        for person in people:
            if heads and person != heads[0] and person.line_manager_id is None:
                Profile.objects.filter(pk=person.pk).update(line_manager=heads[0])
