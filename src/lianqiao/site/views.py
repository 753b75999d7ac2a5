from django.http import HttpRequest, HttpResponse


def front(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Lianqiao")


def health(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")
