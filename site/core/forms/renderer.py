"""How every form of the site looks, the sign-in pages' forms included.

`{{ form }}` gives the error summary and all fields; `{{ form.title.as_field_group }}` gives one field with its label,
hint and errors. Widgets keep Django's own templates: they are styled by element, not by class.
"""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's renderer over the project's templates, with our form and field."""

    form_template_name = "components/form/form.html"
    field_template_name = "components/form/field.html"
    formset_template_name = "components/form/formset.html"
