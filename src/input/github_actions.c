/* SPDX-License-Identifier: MIT
 *
 * Workflow runs of GitHub Actions as GitHub's REST API and its command line `gh` tell them ("REST API endpoints for
 * workflow jobs" and "… workflow runs"; docs.github.com):
 *
 *   {"id", "name", "run_attempt", "status", "conclusion", "run_started_at", "updated_at", …}            a run
 *   {"total_count", "jobs": [{"id", "run_id", "name", "started_at", …, "steps": [{"number", "name", …}]}]}  its jobs
 *   {"total_count", "workflow_runs": [a run, …]}     [any of them, …]     a job
 *   {"databaseId", "workflowName", "startedAt", …, "jobs": [{"databaseId", "startedAt", …}]}    gh run view --json …
 *
 * A run is a run, its jobs are its steps, theirs are below them. What is told in several files joins by the run's id.
 * Times are whole seconds; a bar begins when its job did, what it waited before is the record queuedMs.
 */
#include "event/fields.h"
#include "input/format.h"

enum { OTHERS_MAX = 48 };

/* A run, a job or a step: what one of them does not have stays empty. */
struct thing {
    struct str id, name, status, conclusion, created, started, ended, steps, jobs, run_id, attempt, workflow;
    struct str number, labels, runner, title, branch, sha, event, run_number, updated;
};

/* What an object is, and the lists that it may only be the envelope of. */
struct outline {
    struct str id, run_id, jobs, runs;
};

/* What has no place of its own. */
struct others {
    size_t count, left;
    struct other {
        struct str key, value;
    } items[OTHERS_MAX];
};

/* What is used of each, also as gh names it; all else goes to `others`. */
static const struct field run_table[] = {
    FIELD(struct thing, id, "id"),
    FIELD(struct thing, name, "name"),
    FIELD(struct thing, status, "status"),
    FIELD(struct thing, conclusion, "conclusion"),
    FIELD(struct thing, created, "created_at"),
    FIELD(struct thing, started, "run_started_at"),
    FIELD(struct thing, updated, "updated_at"),
    FIELD(struct thing, attempt, "run_attempt"),
    FIELD(struct thing, number, "number"),
    FIELD(struct thing, run_number, "run_number"),
    FIELD(struct thing, jobs, "jobs"),
    FIELD(struct thing, title, "display_title"),
    FIELD(struct thing, branch, "head_branch"),
    FIELD(struct thing, sha, "head_sha"),
    FIELD(struct thing, event, "event"),
    FIELD(struct thing, id, "databaseId"),
    FIELD(struct thing, workflow, "workflowName"),
    FIELD(struct thing, created, "createdAt"),
    FIELD(struct thing, started, "startedAt"),
    FIELD(struct thing, updated, "updatedAt"),
    FIELD(struct thing, attempt, "attempt"),
    FIELD(struct thing, title, "displayTitle"),
    FIELD(struct thing, branch, "headBranch"),
    FIELD(struct thing, sha, "headSha"),
};
static const struct field job_table[] = {
    FIELD(struct thing, id, "id"),
    FIELD(struct thing, name, "name"),
    FIELD(struct thing, status, "status"),
    FIELD(struct thing, conclusion, "conclusion"),
    FIELD(struct thing, created, "created_at"),
    FIELD(struct thing, started, "started_at"),
    FIELD(struct thing, ended, "completed_at"),
    FIELD(struct thing, steps, "steps"),
    FIELD(struct thing, run_id, "run_id"),
    FIELD(struct thing, attempt, "run_attempt"),
    FIELD(struct thing, workflow, "workflow_name"),
    FIELD(struct thing, labels, "labels"),
    FIELD(struct thing, runner, "runner_name"),
    FIELD(struct thing, id, "databaseId"),
    FIELD(struct thing, created, "createdAt"),
    FIELD(struct thing, started, "startedAt"),
    FIELD(struct thing, ended, "completedAt"),
};
static const struct field step_table[] = {
    FIELD(struct thing, number, "number"),      FIELD(struct thing, name, "name"),
    FIELD(struct thing, status, "status"),      FIELD(struct thing, conclusion, "conclusion"),
    FIELD(struct thing, started, "started_at"), FIELD(struct thing, ended, "completed_at"),
    FIELD(struct thing, started, "startedAt"),  FIELD(struct thing, ended, "completedAt"),
};

static void keep_other(void *context, struct str key, struct str value)
{
    struct others *o = context;
    if (value_absent(value)) return;
    if (o->count < OTHERS_MAX) o->items[o->count++] = (struct other){ key, value };
    else o->left++;
}

static struct thing thing_of(struct str object, const struct field *table, size_t count, struct others *others)
{
    struct thing x = { 0 };
    others->count = others->left = 0;
    fields_take(object, table, count, &x, keep_other, others);
    return x;
}

static bool is(struct str value, const char *word)
{
    return json_type(value) == JSON_STRING && json_key_is(json_inside(value), str_z(word));
}

/* µs since the epoch; gh writes the year 1 for what has not happened. */
static int64_t time_of(struct teller *t, struct str value)
{
    int64_t us;
    bool zoned;
    if (value_absent(value)) return TIME_NONE;
    struct str text = json_inside(value);
    if (str_starts(text, S("0001-"))) return TIME_NONE;
    if (clock_parse_iso(text, &us, &zoned)) return us;
    tell_problem(t, value.ptr, "not a time such as \"2026-05-18T04:26:40Z\"");
    return TIME_NONE;
}

static bool is_running(const struct thing *x) { return value_absent(x->conclusion) || is(x->conclusion, ""); }

static bool is_failed(const struct thing *x)
{
    return !is_running(x) && !is(x->conclusion, "success") && !is(x->conclusion, "neutral") &&
           !is(x->conclusion, "skipped");
}

/* --- events --- */

/* The run's id; of a later attempt with its number, as in the addresses of GitHub: 5977929222/attempts/2. */
static void tell_run_id(struct teller *t, struct str id, struct str attempt)
{
    struct buf text = BUF_INIT;
    json_put_text(&text, value_absent(id) ? S("(no id)") : id);
    if (!value_absent(attempt) && !str_eq(attempt, S("1")) && !str_eq(attempt, S("0"))) {
        buf_puts(&text, "/attempts/");
        json_put_text(&text, attempt);
    }
    tell_text(t, &t->event.runId, buf_str(&text));
    buf_free(&text);
}

/* "123", or "123.4" for a step of job 123: its number, or #N for the Nth where it has none. */
static void tell_id(struct teller *t, struct str *field, struct str job, const struct thing *step, uint64_t nth)
{
    struct buf text = BUF_INIT;
    json_put_text(&text, job);
    if (step && !value_absent(step->number)) {
        buf_putc(&text, '.');
        json_put_text(&text, step->number);
    } else if (step) buf_printf(&text, ".#%llu", (unsigned long long)nth);
    tell_text(t, field, buf_str(&text));
    buf_free(&text);
}

static void tell_others(struct teller *t, const struct others *others)
{
    for (size_t i = 0; i < others->count; i++)
        tell_extra(t, json_key_text(others->items[i].key, &t->arena), others->items[i].value);
    if (others->left) tell_note(t, S("left out: members of an object that has more than 48 unknown ones"));
}

static void put_member(struct buf *b, const char *name, struct str value)
{
    if (value_absent(value) || str_eq(value, S("[]")) || str_eq(value, S("\"\""))) return;
    buf_puts(b, b->ptr[b->len - 1] == '{' ? "\"" : ",\"");
    buf_puts(b, name);
    buf_puts(b, "\":");
    buf_put(b, value);
}

static bool queued(int64_t created, int64_t started)
{
    return created != TIME_NONE && started != TIME_NONE && started >= created;
}

static void put_queued(struct buf *b, int64_t created, int64_t started)
{
    if (!queued(created, started)) return;
    buf_puts(b, b->ptr[b->len - 1] == '{' ? "" : ",");
    buf_puts(b, "\"queuedMs\":");
    clock_put_ms(b, started - created);
}

static void tell_if_there(struct teller *t, const char *name, struct str value)
{
    if (!value_absent(value)) tell_extra(t, str_z(name), value);
}

/* What the status of a step or run does not say of the two words that GitHub has for it. */
static void tell_state(struct teller *t, const struct thing *x)
{
    bool skipped_run = t->event.root_made && is(x->conclusion, "skipped");
    if (is(x->conclusion, "neutral") || skipped_run) tell_extra(t, S("conclusion"), x->conclusion);
    if (!is(x->status, "completed")) tell_if_there(t, "status", x->status);
}

/* Times, status and error; of what has not ended no end. */
static void tell_outcome(struct teller *t, const struct thing *x, int64_t started, int64_t ended)
{
    t->event.step.start = started;
    t->event.step.end = is_running(x) ? TIME_NONE : ended;
    if (is(x->conclusion, "skipped")) tell_text(t, &t->event.step.status, S("skipped"));
    else if (!is_running(x)) tell_text(t, &t->event.step.status, is_failed(x) ? S("error") : S("ok"));
    if (is_failed(x)) tell_raw(t, &t->event.step.error, x->conclusion);
    tell_state(t, x);
    if (is_running(x) && ended != TIME_NONE) tell_extra(t, S("completed_at"), x->ended);
}

static void tell_step(struct teller *t, const struct thing *run, const struct thing *job, struct str object,
                      uint64_t nth)
{
    struct others others;
    struct thing step = thing_of(object, step_table, COUNT_OF(step_table), &others);
    int64_t started = time_of(t, step.started), ended = time_of(t, step.ended);
    tell_begin(t, is_running(&step) ? EVENT_STEP_START : EVENT_STEP_FINISH, object.ptr);
    tell_run_id(t, run->id, run->attempt);
    tell_id(t, &t->event.step.id, job->id, &step, nth);
    tell_id(t, &t->event.step.parentId, job->id, NULL, 0);
    if (value_absent(step.name)) tell_text(t, &t->event.step.name, S("(no name)"));
    else tell_raw(t, &t->event.step.name, step.name);
    tell_text(t, &t->event.step.kind, S("step"));
    tell_outcome(t, &step, started, ended);
    tell_others(t, &others);
    tell_send(t);
}

static void tell_steps(struct teller *t, const struct thing *run, const struct thing *job)
{
    struct json j = json_begin(job->steps);
    if (json_type(job->steps) == JSON_ARRAY) json_enter(&j, '[');
    for (uint64_t nth = 1; json_type(job->steps) == JSON_ARRAY && json_element(&j); nth++) {
        struct str step = json_skip(&j);
        if (json_type(step) == JSON_OBJECT) tell_step(t, run, job, step, nth);
        else if (!j.error) tell_problem(t, step.ptr, "a step should be an object: left out");
    }
    json_done(&j);
}

/* A run that is known by its jobs only; where there is more to know it is told as well. */
static void tell_run_of_job(struct teller *t, const struct thing *run, const struct thing *job, const char *at)
{
    tell_begin(t, EVENT_PIPELINE_START, at);
    t->event.root_made = true;
    tell_run_id(t, run->id, run->attempt);
    if (!value_absent(job->workflow)) tell_raw(t, &t->event.step.name, job->workflow);
    tell_send(t);
}

/* Of a job below its run what it says of that, where it says something else. */
static void tell_own_run(struct teller *t, const struct thing *run, const struct thing *job)
{
    if (!str_eq(job->run_id, run->id)) tell_if_there(t, "run_id", job->run_id);
    if (!str_eq(job->attempt, run->attempt)) tell_if_there(t, "run_attempt", job->attempt);
    if (!str_eq(job->workflow, value_absent(run->workflow) ? run->name : run->workflow))
        tell_if_there(t, "workflow_name", job->workflow);
}

/* `run` is what the job is told below; NULL when it stands alone and names its run itself. */
static void tell_job(struct teller *t, const struct thing *run, struct str object)
{
    struct others others;
    struct thing job = thing_of(object, job_table, COUNT_OF(job_table), &others),
                 own = { .id = job.run_id, .attempt = job.attempt };
    if (value_absent(job.id)) {
        tell_problem(t, object.ptr, "a job needs an id: left out");
        return;
    }
    int64_t created = time_of(t, job.created), started = time_of(t, job.started), ended = time_of(t, job.ended);
    bool alone = !run;
    if (alone) tell_run_of_job(t, run = &own, &job, object.ptr);
    tell_begin(t, is_running(&job) ? EVENT_STEP_START : EVENT_STEP_FINISH, object.ptr);
    t->event.trace = true;
    if (alone && is_running(&job)) tell_text(t, &t->event.status, S("running"));
    tell_run_id(t, run->id, run->attempt);
    tell_id(t, &t->event.step.id, job.id, NULL, 0);
    if (value_absent(job.name)) tell_text(t, &t->event.step.name, S("(no name)"));
    else tell_raw(t, &t->event.step.name, job.name);
    tell_text(t, &t->event.step.kind, S("job"));
    tell_outcome(t, &job, started, ended);
    struct buf *b = tell_open(t, &t->event.step.records);
    buf_putc(b, '{');
    bool waited = !is(job.conclusion, "skipped") && queued(created, started);
    if (waited) put_queued(b, created, started);
    put_member(b, "runner", job.runner);
    put_member(b, "labels", job.labels);
    buf_putc(b, '}');
    tell_close(t);
    if (!waited && created != started) tell_if_there(t, "created_at", job.created);
    if (!alone) tell_own_run(t, run, &job);
    tell_others(t, &others);
    tell_send(t);
    tell_steps(t, run, &job);
}

static void tell_jobs(struct teller *t, const struct thing *run, struct str jobs)
{
    struct json j = json_begin(jobs);
    if (json_type(jobs) != JSON_ARRAY) return;
    json_enter(&j, '[');
    while (json_element(&j)) {
        struct str job = json_skip(&j);
        if (json_type(job) == JSON_OBJECT) tell_job(t, run, job);
        else if (!j.error) tell_problem(t, job.ptr, "a job should be an object: left out");
    }
    json_done(&j);
}

static void tell_tags(struct teller *t, const struct thing *run)
{
    struct buf *b = tell_open(t, &t->event.tags);
    buf_putc(b, '{');
    put_member(b, "title", run->title);
    put_member(b, "event", run->event);
    put_member(b, "branch", run->branch);
    put_member(b, "commit", run->sha);
    put_member(b, "run", value_absent(run->run_number) ? run->number : run->run_number);
    buf_putc(b, '}');
    tell_close(t);
}

static void begin_run(struct teller *t, enum event_kind kind, const struct thing *run, int64_t started, const char *at)
{
    tell_begin(t, kind, at);
    t->event.root_made = true;
    tell_run_id(t, run->id, run->attempt);
    t->event.step.start = started;
}

/* What a run says that has no place of its own in this one. */
static void tell_rest_of_run(struct teller *t, const struct thing *run, const struct others *others)
{
    bool named = !value_absent(run->workflow);
    if (named && !str_eq(run->name, run->workflow)) tell_if_there(t, "name", run->name);
    if (!value_absent(run->run_number) && !str_eq(run->number, run->run_number))
        tell_if_there(t, "number", run->number);
    tell_state(t, run);
    if (is_running(run)) tell_if_there(t, "updated_at", run->updated);
    tell_extra(t, S("run_attempt"), run->attempt);
    tell_others(t, others);
}

static void tell_run(struct teller *t, struct str object)
{
    struct others others;
    struct thing run = thing_of(object, run_table, COUNT_OF(run_table), &others);
    if (json_type(object) != JSON_OBJECT || value_absent(run.id)) {
        tell_problem(t, object.ptr, "a workflow run should be an object with an id: left out");
        return;
    }
    int64_t created = time_of(t, run.created), started = time_of(t, run.started), updated = time_of(t, run.updated);
    if (started == TIME_NONE) started = created;
    begin_run(t, EVENT_PIPELINE_START, &run, started, object.ptr);
    tell_raw(t, &t->event.step.name, value_absent(run.workflow) ? run.name : run.workflow);
    tell_tags(t, &run);
    if (queued(created, started) && started != created) {
        struct buf *b = tell_open(t, &t->event.step.records);
        buf_putc(b, '{');
        put_queued(b, created, started);
        buf_putc(b, '}');
        tell_close(t);
    } else if (started != created) tell_if_there(t, "created_at", run.created);
    tell_rest_of_run(t, &run, &others);
    tell_send(t);
    tell_jobs(t, &run, run.jobs);
    begin_run(t, EVENT_PIPELINE_FINISH, &run, started, object.ptr);
    if (!is_running(&run)) t->event.step.end = updated;
    tell_text(t, &t->event.status, is_running(&run) ? S("running") : is_failed(&run) ? S("failed") : S("completed"));
    if (is_failed(&run)) tell_raw(t, &t->event.step.error, run.conclusion);
    tell_send(t);
}

static void tell_runs(struct teller *t, struct str runs)
{
    struct json j = json_begin(runs);
    if (json_type(runs) == JSON_ARRAY) json_enter(&j, '[');
    while (json_type(runs) == JSON_ARRAY && json_element(&j)) {
        struct str run = json_skip(&j);
        if (!j.error) tell_run(t, run);
    }
    json_done(&j);
}

/* One object of any kind. */
static void tell_object(struct teller *t, struct str object)
{
    static const struct field table[] = {
        FIELD(struct outline, id, "id"),
        FIELD(struct outline, id, "databaseId"),
        FIELD(struct outline, jobs, "jobs"),
        FIELD(struct outline, run_id, "run_id"),
        FIELD(struct outline, runs, "workflow_runs"),
    };
    struct outline x = { 0 };
    fields_take(object, table, COUNT_OF(table), &x, NULL, NULL);
    if (!value_absent(x.runs)) tell_runs(t, x.runs);
    else if (!value_absent(x.run_id)) tell_job(t, NULL, object);
    else if (!value_absent(x.jobs) && value_absent(x.id)) tell_jobs(t, NULL, x.jobs);
    else if (!value_absent(x.id)) tell_run(t, object);
    else tell_problem(t, object.ptr, "neither a workflow run nor jobs: left out");
}

static void tell_value(struct teller *t, void *state, struct str text)
{
    struct json j = json_begin(text);
    (void)state;
    if (json_type(text) == JSON_OBJECT) tell_object(t, text);
    if (json_type(text) == JSON_ARRAY) json_enter(&j, '[');
    while (json_type(text) == JSON_ARRAY && json_element(&j)) {
        struct str element = json_skip(&j);
        if (json_type(element) == JSON_OBJECT) tell_object(t, element);
        else if (!j.error) tell_problem(t, element.ptr, "neither a workflow run nor jobs: left out");
    }
    if (json_type(text) != JSON_OBJECT && json_type(text) != JSON_ARRAY)
        tell_problem(t, text.ptr, "neither a workflow run nor jobs: left out");
    json_done(&j);
}

static bool knows_job(struct str job)
{
    return (glance_inside(job, S("run_id")).len || glance_inside(job, S("databaseId")).len) &&
           (glance_inside(job, S("steps")).len || glance_inside(job, S("conclusion")).len);
}

static bool knows(const struct glance *g)
{
    if (!g->object) return false;
    struct str jobs = glance_get(g, S("jobs")), runs = glance_get(g, S("workflow_runs"));
    if (runs.len && glance_get(g, S("total_count")).len) return true;
    if (jobs.len && glance_get(g, S("total_count")).len) return str_eq(jobs, S("[]")) || knows_job(jobs);
    if (jobs.len) return knows_job(jobs);
    bool outcome = glance_get(g, S("conclusion")).len && glance_get(g, S("status")).len;
    if (!outcome) return false;
    if (glance_get(g, S("run_id")).len) return glance_get(g, S("run_url")).len || glance_get(g, S("started_at")).len;
    return glance_get(g, S("workflow_id")).len || glance_get(g, S("run_number")).len ||
           (glance_get(g, S("databaseId")).len && glance_get(g, S("workflowName")).len);
}

const struct format format_github_actions = {
    .name = "github-actions",
    .title = "GitHub Actions",
    .about = "workflow runs and jobs of GitHub's API, alone or together:\n"
             "gh api --paginate repos/OWNER/REPO/actions/runs/ID/jobs\n"
             "gh run view ID --json databaseId,workflowName,attempt,status,conclusion,\n"
             "startedAt,updatedAt,jobs\n",
    .takes = TAKES_VALUES,
    .knows = knows,
    .text = tell_value,
};
