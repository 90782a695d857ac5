"""The floor's templates: the same facts as the product's pages, in the plainest HTML."""

BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="stylesheet" href="{{ url_for('static', filename='site.css') }}"></head><body>
<nav><a href="/">Home</a> <a href="/rounds">Rounds</a> <a href="/requirements">Requirements</a>
<a href="/results">Results</a> {% if person %}{{ person.name }}{% else %}<a href="/login">Sign in</a>{% endif %}</nav>
<main>{% block main %}{% endblock %}</main></body></html>
"""
ROUNDS = """{% extends "base.html" %}{% set title = "Rounds" %}{% block main %}<h1>Rounds</h1><ul>
{% for round in rounds %}<li><h2><a href="/rounds/{{ round.slug }}">{{ round.title_en or round.title_zh }}</a></h2>
<p>{{ round.programme.host.name_en or round.programme.host.name }}</p>
<ol>{% for window in round.windows %}<li>{{ window.stage }}:
{% if window.closed_at or window.closes_at <= now %}closed{% elif window.opens_at > now %}opens {{ window.opens_at|when }}
{% else %}open until <time datetime="{{ window.closes_at.isoformat() }}">{{ window.closes_at|when }}</time>{% endif %}</li>
{% endfor %}</ol><p>{{ round.requirement_count }} needs, {{ round.submission_count }} solutions,
{{ round.currency }} {{ "{:,}".format(round.budget_minor // 100) }}</p></li>{% endfor %}</ul>{% endblock %}
"""
REQUIREMENT = """{% extends "base.html" %}{% set title = need.title_en %}{% block main %}
<h1>{{ need.title_en }}</h1><p lang="zh">{{ need.title_zh }}</p><p>{{ need.number }} {{ need.state }}</p>
<p>{{ need.summary_en }}</p><h2>The problem</h2>{% for part in need.problem_en.split("\\n\\n") %}<p>{{ part }}</p>{% endfor %}
<h2>Indicators</h2><table>{% for each in need.indicators %}<tr><td>{{ each.position }}</td><th>{{ each.name_en }}</th>
<td>{{ each.unit }}</td><td>{{ each.comparison }} {{ each.target }}</td><td>{{ each.level }}</td></tr>{% endfor %}</table>
<h2>Questions</h2>{% for each in questions %}<p>{{ each.body }}</p><p>{{ each.answer }}, {{ each.answered_at|when }}</p>{% endfor %}
<aside><p>{{ need.currency }} {{ "{:,}".format(need.budget_min_minor // 100) }} to
{{ "{:,}".format(need.budget_max_minor // 100) }}</p>
<ol>{% for window in need.round.windows %}<li>{{ window.stage }} {{ window.opens_at|when }} to {{ window.closes_at|when }}</li>{% endfor %}</ol>
<dl><dt>Seeker</dt><dd>{% if not need.anonymous %}{{ need.seeker.name_en }}{% endif %}</dd><dt>Field</dt><dd>{{ need.field }}</dd>
<dt>Cooperation</dt><dd>{{ need.modes|join(", ") }}</dd><dt>Keywords</dt><dd>{{ need.keywords|join(", ") }}</dd>
<dt>Solutions</dt><dd>{{ need.submission_count }}</dd></dl>
<a href="/solve/new/{{ need.ref }}">Propose a solution</a></aside>{% endblock %}
"""
DESK = """{% extends "base.html" %}{% set title = "Score" %}{% block main %}
<p>{{ states|select("equalto", "completed")|list|length }} of {{ states|length }} locked, closes {{ window.closes_at|when }}</p>
<section><h1>{{ assignment.submission.code }} {{ assignment.submission.title }}</h1>
<p>{{ assignment.submission.requirement.title_en }}</p><p>{{ assignment.submission.summary }}</p>
{% for part in assignment.submission.proposal.split("\\n\\n") %}<p>{{ part }}</p>{% endfor %}
<table>{% for each in assignment.submission.requirement.indicators %}<tr><th>{{ each.name_en }}</th>
<td>{{ each.comparison }} {{ each.target }} {{ each.unit }}</td></tr>{% endfor %}</table>
<p>TRL {{ assignment.submission.trl_now }}, quote {{ assignment.submission.quote_minor }}</p></section>
<form method="post" action="/judge/{{ assignment.ref }}/save">{% for each in criteria %}<fieldset>
<legend>{{ each.name_en }} ({{ each.weight }})</legend><p>{{ each.guidance_en }}</p>
<input name="score-{{ each.id }}" type="number" min="{{ each.minimum }}" max="{{ each.maximum }}" step="{{ each.step }}"
 value="{{ scores[each.id].value if each.id in scores else '' }}">
<textarea name="comment-{{ each.id }}">{{ scores[each.id].comment if each.id in scores else '' }}</textarea></fieldset>{% endfor %}
<textarea name="comment_solver"></textarea><textarea name="comment_organizer"></textarea>
<button>Save</button></form>{% endblock %}
"""
RANKING = """{% extends "base.html" %}{% set title = round.title_en %}{% block main %}<h1>{{ round.title_en }}</h1>
<ol>{% for window in round.windows %}<li>{{ window.stage }} {{ window.opens_at|when }} to {{ window.closes_at|when }}</li>{% endfor %}</ol>
<table><tr><th>Place</th><th>Submission</th>{% for each in criteria %}<th>{{ each.name_en }}</th>{% endfor %}<th>Total</th></tr>
{% for line, entry, organization in rows %}<tr><td>{{ line.place or loop.index }}</td>
<td>{{ entry.code }} {{ entry.title }} {{ entry.team_name or organization.name }}</td>
{% for each in criteria %}<td>{{ line.panel[each.id|string] }}</td>{% endfor %}<td>{{ line.total }}</td></tr>{% endfor %}
</table>{% endblock %}
"""
TEMPLATES = {
    "base.html": BASE,
    "rounds.html": ROUNDS,
    "requirement.html": REQUIREMENT,
    "desk.html": DESK,
    "ranking.html": RANKING,
}
