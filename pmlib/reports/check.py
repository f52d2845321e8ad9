"""What can be said of a project without running anything."""

from pathlib import Path

from pmlib.reports import plan
from pmlib.reports.labels import problems as label_problems
from pmlib.reports.style import problems as style_problems


def problems(root: Path) -> list[str]:
    """List what is wrong with the catalog, the parameters, the tables they name and the notebooks' style."""
    from pmlib import data

    try:
        jobs = plan.jobs(root)
    except plan.PlanError as error:
        return str(error).splitlines()
    found = []
    for job in jobs:
        for name, parameter in job.declared.items():
            if parameter.type.kind == "Source":
                try:
                    source = data.read(job.parameters[name])
                except (ValueError, OSError) as error:
                    found.append(f"{job.report}: {error}")
                else:
                    wrong = label_problems(job.parameters, job.declared, source)
                    found += [f"{job.report}: {line}" for line in wrong]
    for notebook in sorted({job.entry.notebook for job in jobs}):
        found += style_problems(root / "notebooks" / f"{notebook}.ipynb")
    return found
